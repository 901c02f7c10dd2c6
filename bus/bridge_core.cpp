#include "bus/bridge_core.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace viz::bus {

namespace {

constexpr std::string_view kHello = "hello";
constexpr std::string_view kOffer = "offer";
constexpr std::size_t kMostComponents = 32;
constexpr std::size_t kMostFlows = 64;
constexpr std::size_t kMostSuperseded = 64;

// The next word of `text`, which begins after it then.
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
    for (const auto number : std::array<std::uint64_t, 4>{hello.schema_version, hello.incarnation,
                                                          hello.flow, hello.number})
        text += ' ' + std::to_string(number);
    for (const auto& component : hello.components) text += ' ' + component;
    return text;
}

std::optional<Hello> parse_hello(std::string_view text) {
    Hello hello;
    if (next_word(text) != kHello || !parse(next_word(text), hello.schema_version) ||
        !parse(next_word(text), hello.incarnation) || !parse(next_word(text), hello.flow) ||
        !parse(next_word(text), hello.number))
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
           std::to_string(offer.flow);
}

std::optional<Offer> parse_offer(std::string_view text) {
    Offer offer;
    if (next_word(text) != kOffer || !parse(next_word(text), offer.schema_version) ||
        !parse(next_word(text), offer.flow) || !text.empty())
        return std::nullopt;
    return offer;
}

std::uint64_t Backlog::push(ParcelPtr parcel) {
    bytes_ += parcel->bytes();
    parcels_.push_back(std::move(parcel));
    std::uint64_t gave_way = 0;
    for (; parcels_.size() > kMostParcels || bytes_ > kMostBytes; ++gave_way) pop();
    return gave_way;
}

void Backlog::pop() {
    bytes_ -= parcels_.front()->bytes();
    parcels_.pop_front();
}

Importers::Heard Importers::hear(const std::string& address, const Hello& hello,
                                 std::int64_t now_ns) {
    Heard heard;
    if (!importers_.contains(hello.incarnation)) {
        if (!welcome(hello)) return {.welcome = false};
        if (!each_to_one_) heard.lost = supersede(hello);
        auto& importer = importers_[hello.incarnation];
        importer.flow = next_flow_++;
        importer.waiting = take_what_waits_for(hello.components);
    }
    auto& importer = importers_.at(hello.incarnation);
    importer.address = address;
    importer.components = {hello.components.begin(), hello.components.end()};
    importer.heard_ns = now_ns;
    if (hello.flow == importer.flow && hello.number <= importer.sent)
        importer.confirmed = std::max(importer.confirmed, hello.number);
    return heard;
}

// One that was superseded comes back only when its components are nowhere else: else the two would
// take turns in sending each other away.
bool Importers::welcome(const Hello& hello) {
    if (!superseded_.contains(hello.incarnation)) return true;
    const auto there = present();
    if (std::ranges::any_of(hello.components, [&](const auto& c) { return there.contains(c); }))
        return false;
    superseded_.erase(hello.incarnation);
    return true;
}

std::uint64_t Importers::supersede(const Hello& hello) {
    std::uint64_t lost = 0;
    for (auto at = importers_.begin(); at != importers_.end();) {
        const auto other = at++;
        if (std::ranges::none_of(hello.components, [&](const auto& component) {
                return other->second.components.contains(component);
            }))
            continue;
        if (superseded_.size() == kMostSuperseded) superseded_.erase(superseded_.begin());
        superseded_.insert(other->first);
        lost += part_with(other);
    }
    return lost;
}

// Components of one process have waited together: the longest of theirs is all of it.
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

std::uint64_t Importers::keep(const std::set<std::string>& components, const ParcelPtr& parcel) {
    std::uint64_t gave_way = 0;
    for (const auto& component : components) gave_way += kept_[component].push(parcel);
    return gave_way;
}

std::uint64_t Importers::expire(std::int64_t now_ns) {
    std::uint64_t lost = 0;
    for (auto at = importers_.begin(); at != importers_.end();) {
        const auto importer = at++;
        if (now_ns - importer->second.heard_ns > kBridgeSilenceNs) lost += part_with(importer);
    }
    return lost;
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

Inflows::Verdict Inflows::judge(std::uint64_t flow, std::uint64_t number) const {
    const auto last = this->number(flow);
    if (number <= last) return {};
    return {.fresh = true, .lost = number - last - 1};
}

void Inflows::taken(std::uint64_t flow, std::uint64_t number) {
    auto found = std::ranges::find(flows_, flow, &std::pair<std::uint64_t, std::uint64_t>::first);
    if (found == flows_.end()) {
        if (flows_.size() == kMostFlows) flows_.erase(flows_.begin());
        found = flows_.insert(flows_.end(), {flow, 0});
    }
    found->second = std::max(found->second, number);
}

std::uint64_t Inflows::number(std::uint64_t flow) const {
    for (const auto& [known, number] : flows_)
        if (known == flow) return number;
    return 0;
}

} // namespace viz::bus
