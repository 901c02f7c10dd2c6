#include "bus/bridge_core.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace viz::bus {

namespace {

// The digit is the version of the format.
constexpr std::string_view kHello = "hello2";
constexpr std::string_view kOffer = "offer2";
constexpr std::size_t kMostComponents = 32;
constexpr std::size_t kMostFlows = 64;
constexpr std::size_t kMostSuperseded = 64;
// Flow numbers of a process start at a random number; a process begins fewer flows than this.
constexpr std::uint64_t kFlowsOfALife = 1u << 20;
// Observations kept separately; beyond this the newest replaces the one before it.
constexpr std::size_t kMostObservations = 64;

bool later_of_same_life(std::uint64_t flow, std::uint64_t than) {
    return flow != than && flow - than < kFlowsOfALife;
}

// Removes the next word from the start of `text` and returns it.
std::string_view next_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

template <class Number> bool parse(std::string_view word, Number& into) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), into);
    return error == std::errc{} && end == word.data() + word.size();
}

} // namespace

std::string encode(const Hello& hello) {
    std::string text(kHello);
    for (const auto number :
         std::array<std::uint64_t, 6>{hello.schema_version, hello.incarnation, hello.flow,
                                      hello.number, hello.arrived, hello.missing})
        text += ' ' + std::to_string(number);
    for (const auto& component : hello.components) text += ' ' + component;
    return text;
}

std::optional<Hello> parse_hello(std::string_view text) {
    Hello hello;
    if (next_word(text) != kHello || !parse(next_word(text), hello.schema_version) ||
        !parse(next_word(text), hello.incarnation) || !parse(next_word(text), hello.flow) ||
        !parse(next_word(text), hello.number) || !parse(next_word(text), hello.arrived) ||
        !parse(next_word(text), hello.missing))
        return std::nullopt;
    while (!text.empty()) {
        const auto component = next_word(text);
        if (component.empty() || hello.components.size() == kMostComponents) return std::nullopt;
        hello.components.emplace_back(component);
    }
    return hello;
}

std::string encode(const Offer& offer) {
    return std::string(kOffer) + ' ' + std::to_string(offer.schema_version) + ' ' +
           std::to_string(offer.flow) + ' ' + std::to_string(offer.sent);
}

std::optional<Offer> parse_offer(std::string_view text) {
    Offer offer;
    if (next_word(text) != kOffer || !parse(next_word(text), offer.schema_version) ||
        !parse(next_word(text), offer.flow) || !parse(next_word(text), offer.sent) || !text.empty())
        return std::nullopt;
    return offer;
}

std::uint64_t Backlog::push(QueuedMessagePtr queued) {
    bytes_ += queued->bytes();
    queued_.push_back(std::move(queued));
    std::uint64_t dropped = 0;
    for (; queued_.size() > kMaxQueuedMessages || bytes_ > kMostBytes; ++dropped) pop();
    return dropped;
}

void Backlog::pop() {
    bytes_ -= queued_.front()->bytes();
    queued_.pop_front();
}

Importers::Heard Importers::hear(const std::string& address, const Hello& hello,
                                 std::int64_t now_ns) {
    Heard heard;
    if (!importers_.contains(hello.incarnation)) {
        if (!welcome(hello)) return {.welcome = false};
        heard.lost = supersede(address, hello);
        auto& importer = importers_[hello.incarnation];
        importer.flow = next_flow_++;
        importer.waiting = take_what_waits_for(hello.components);
    }
    auto& importer = importers_.at(hello.incarnation);
    importer.address = address;
    importer.components = {hello.components.begin(), hello.components.end()};
    importer.heard_ns = now_ns;
    if (hello.flow == importer.flow && hello.arrived <= importer.sent &&
        hello.number <= hello.arrived && hello.missing <= hello.arrived)
        heard.cut = note(importer, hello);
    return heard;
}

// Returns how many more are missing. Hello messages of two connections may arrive out of order.
std::uint64_t Importers::note(Importer& importer, const Hello& hello) {
    for (; importer.arrived < hello.arrived; ++importer.arrived) importer.under_way.pop_front();
    importer.confirmed = std::max(importer.confirmed, hello.number);
    const auto known = std::exchange(importer.missing, std::max(importer.missing, hello.missing));
    return importer.missing - known;
}

// A superseded importer returns only when no other importer has its components; otherwise the two
// would supersede each other in turn.
bool Importers::welcome(const Hello& hello) {
    if (!superseded_.contains(hello.incarnation)) return true;
    const auto there = present();
    if (std::ranges::any_of(hello.components, [&](const auto& c) { return there.contains(c); }))
        return false;
    superseded_.erase(hello.incarnation);
    return true;
}

std::uint64_t Importers::supersede(const std::string& address, const Hello& hello) {
    std::uint64_t lost = 0;
    for (auto at = importers_.begin(); at != importers_.end();) {
        const auto other = at++;
        const bool same_component = std::ranges::any_of(hello.components, [&](const auto& each) {
            return other->second.components.contains(each);
        });
        if (other->second.address != address && (each_to_one_ || !same_component)) continue;
        if (superseded_.size() == kMostSuperseded) superseded_.erase(superseded_.begin());
        superseded_.insert(other->first);
        lost += part_with(other);
    }
    return lost;
}

// Components of one process have the same queue; the longest one contains all messages.
Backlog Importers::take_what_waits_for(const std::vector<std::string>& components) {
    Backlog longest;
    for (const auto& component : components) {
        const auto kept = kept_.find(component);
        if (kept == kept_.end()) continue;
        if (kept->second.size() > longest.size()) longest = std::move(kept->second);
        kept_.erase(kept);
    }
    return longest;
}

std::uint64_t Importers::let_go(const Importer& importer) {
    const auto found = std::ranges::find_if(
        importers_, [&](const auto& each) { return &each.second == &importer; });
    if (found == importers_.end()) return 0;
    return part_with(found);
}

std::uint64_t Importers::part_with(std::map<std::uint64_t, Importer>::iterator importer) {
    const auto gone = std::move(importer->second);
    importers_.erase(importer);
    const auto still_there = present();
    if (!gone.waiting.empty())
        for (const auto& component : gone.components)
            if (!still_there.contains(component)) kept_[component] = gone.waiting;
    return gone.sent - gone.confirmed;
}

std::uint64_t Importers::keep(const std::set<std::string>& components,
                              const QueuedMessagePtr& queued) {
    std::uint64_t dropped = 0;
    for (const auto& component : components) dropped += kept_[component].push(queued);
    return dropped;
}

std::uint64_t Importers::expire(std::int64_t now_ns) {
    std::uint64_t lost = 0;
    for (auto at = importers_.begin(); at != importers_.end();) {
        const auto importer = at++;
        if (now_ns - importer->second.heard_ns > kBridgeSilenceNs) lost += part_with(importer);
    }
    return lost;
}

Importers::Left Importers::close() {
    Left left;
    while (!importers_.empty()) left.unconfirmed += part_with(importers_.begin());
    for (const auto& [component, waiting] : kept_) left.waiting += waiting.size();
    kept_.clear();
    return left;
}

std::optional<std::uint64_t> Importers::oldest_not_arrived() const {
    std::optional<std::uint64_t> oldest;
    const auto note = [&](std::uint64_t place) {
        oldest = std::min(oldest.value_or(place), place);
    };
    for (const auto& [incarnation, importer] : importers_) {
        if (!importer.under_way.empty()) note(importer.under_way.front());
        if (!importer.waiting.empty()) note(importer.waiting.front().place);
    }
    for (const auto& [component, waiting] : kept_)
        if (!waiting.empty()) note(waiting.front().place);
    return oldest;
}

Importers::Importer* Importers::next() {
    auto at = importers_.upper_bound(last_turn_);
    for (std::size_t tried = 0; tried < importers_.size(); ++tried, ++at) {
        if (at == importers_.end()) at = importers_.begin();
        if (!at->second.has_room()) continue;
        last_turn_ = at->first;
        return &at->second;
    }
    return nullptr;
}

bool Importers::any_room() const {
    return std::ranges::any_of(importers_, [](const auto& each) { return each.second.has_room(); });
}

std::set<std::string> Importers::present() const {
    std::set<std::string> all;
    for (const auto& [incarnation, importer] : importers_)
        all.insert(importer.components.begin(), importer.components.end());
    return all;
}

bool InboundFlows::over(std::uint64_t flow) const {
    return std::ranges::any_of(
        flows_, [&](const auto& each) { return later_of_same_life(each.flow, flow); });
}

bool InboundFlows::fresh(std::uint64_t flow, std::uint64_t number) const {
    return number > this->number(flow) && !over(flow);
}

void InboundFlows::taken(std::uint64_t flow, std::uint64_t number) {
    if (number == 0) return;
    sent(flow, number - 1);
    auto& inflow = at(flow);
    inflow.number = std::max(inflow.number, number);
}

void InboundFlows::sent(std::uint64_t flow, std::uint64_t number) {
    auto& inflow = at(flow);
    if (number <= inflow.number) return;
    inflow.missing += number - inflow.number;
    inflow.number = number;
}

std::uint64_t InboundFlows::number(std::uint64_t flow) const {
    const auto* found = find(flow);
    return found == nullptr ? 0 : found->number;
}

std::uint64_t InboundFlows::missing(std::uint64_t flow) const {
    const auto* found = find(flow);
    return found == nullptr ? 0 : found->missing;
}

const InboundFlows::InboundFlow* InboundFlows::find(std::uint64_t flow) const {
    const auto found = std::ranges::find(flows_, flow, &InboundFlow::flow);
    return found == flows_.end() ? nullptr : &*found;
}

InboundFlows::InboundFlow& InboundFlows::at(std::uint64_t flow) {
    const auto found = std::ranges::find(flows_, flow, &InboundFlow::flow);
    if (found != flows_.end()) {
        std::rotate(found, found + 1, flows_.end());
        return flows_.back();
    }
    if (flows_.size() == kMostFlows) flows_.erase(flows_.begin());
    return flows_.emplace_back(InboundFlow{.flow = flow});
}

std::int64_t UnacknowledgedTracker::look(std::int64_t now_ns, bool empty, std::uint64_t messages,
                                         std::optional<std::uint64_t> oldest) {
    if (empty)
        note(now_ns, messages);
    else if (!not_empty_since_ns_)
        not_empty_since_ns_ = now_ns;
    for (; !seen_.empty() && (!oldest || seen_.front().messages < *oldest); seen_.pop_front())
        clear_until_ns_ = seen_.front().until_ns;
    if (empty && !oldest)
        waits_no_more_ = false;
    else if (late(now_ns))
        waits_no_more_ = true;
    if (waits_no_more_) {
        seen_.clear();
        clear_until_ns_ = now_ns;
    }
    return clear_until_ns_;
}

void UnacknowledgedTracker::note(std::int64_t now_ns, std::uint64_t messages) {
    not_empty_since_ns_.reset();
    auto since = now_ns;
    if (!seen_.empty() &&
        (seen_.back().messages == messages || seen_.size() == kMostObservations)) {
        since = seen_.back().since_ns;
        seen_.pop_back();
    }
    seen_.push_back({since, now_ns, messages});
}

bool UnacknowledgedTracker::late(std::int64_t now_ns) const {
    return (!seen_.empty() && now_ns - seen_.front().since_ns > patience_ns_) ||
           (not_empty_since_ns_ && now_ns - *not_empty_since_ns_ > patience_ns_);
}

bool Confirmations::dealt_with(std::uint64_t number, std::int64_t now_ns) {
    if (number <= (done_.empty() ? confirmed_ : done_.back().number)) return false;
    if (done_.size() == kMostObservations) done_.pop_back();
    done_.push_back({number, now_ns});
    return true;
}

std::uint64_t Confirmations::confirmable(std::int64_t clear_until_ns) {
    for (; !done_.empty() && done_.front().at_ns <= clear_until_ns; done_.pop_front())
        confirmed_ = done_.front().number;
    return confirmed_;
}

} // namespace viz::bus
