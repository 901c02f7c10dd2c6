#include "components/state/node_source.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace viz::state {

namespace {

// Nodes bound the requests of a batch; more go in several.
constexpr std::size_t kMissingPerBatch = 256;
// How many fetches go without a prefetch after one that may have cost a batch.
constexpr std::size_t kPrefetchRest = 256;

} // namespace

NodeFigures& NodeFigures::operator+=(const NodeFigures& more) {
    requests += more.requests;
    batches += more.batches;
    failed += more.failed;
    refused += more.refused;
    for (std::size_t i = 0; i < kPrefetchResults; ++i) prefetch[i] += more.prefetch[i];
    return *this;
}
NodeFigures NodeFigures::operator-(const NodeFigures& earlier) const {
    auto rest = *this;
    rest.requests -= earlier.requests;
    rest.batches -= earlier.batches;
    rest.failed -= earlier.failed;
    rest.refused -= earlier.refused;
    for (std::size_t i = 0; i < kPrefetchResults; ++i) rest.prefetch[i] -= earlier.prefetch[i];
    return rest;
}

NodeSource::NodeSource(const node::Url& url, const std::string& ca_file, const NodeLimits& limits)
    : http_(url, ca_file,
            {.connect_timeout = limits.connect_timeout,
             .request_timeout = limits.request_timeout,
             .max_message_bytes = limits.max_reply_bytes}) {
    if (limits.prefetch) return;
    call_style_.reset();
    block_style_.reset();
}
NodeSource::~NodeSource() = default;

std::optional<std::string> NodeSource::post(const std::string& body) {
    last_error_.clear();
    if (interrupted(guard_)) {
        last_error_ = "interrupted";
        refused_ = false;
        return std::nullopt;
    }
    auto outcome = guard_ != nullptr ? http_.post(body, guard_->stop(), guard_->time_left())
                                     : http_.post(body);
    if (auto* text = std::get_if<std::string>(&outcome)) return std::move(*text);
    const auto& failure = std::get<node::HttpFailure>(outcome);
    refused_ = failure.kind == node::HttpFailure::Kind::status;
    last_error_ = failure.reason();
    return std::nullopt;
}

std::optional<FetchReport> NodeSource::fetch_batch(std::span<const evm::Missing> missing,
                                                   std::span<const TouchedQuestion> questions,
                                                   HeadState& into) {
    const StateFetch fetch(into.block(), missing, style_, questions);
    ++figures_.batches;
    figures_.requests += fetch.requests();
    const auto reply = post(fetch.request());
    if (!reply) {
        ++figures_.failed;
        figures_.prefetch[static_cast<std::size_t>(PrefetchResult::unanswered)] += questions.size();
        return std::nullopt;
    }
    auto report = fetch.store(*reply, into);
    figures_.refused += report.refused;
    for (std::size_t i = 0; i < kPrefetchResults; ++i) figures_.prefetch[i] += report.prefetch[i];
    if (report.refused != 0) last_error_ = report.reason;
    return report;
}

// As the node can be asked for state.
std::optional<FetchReport> NodeSource::fetch_part(std::span<const evm::Missing> missing,
                                                  HeadState& into) {
    auto report = fetch_batch(missing, {}, into);
    if (report && report->method_unknown && style_ == FetchStyle::proof) {
        style_ = FetchStyle::plain;
        report = fetch_batch(missing, {}, into);
    }
    return report;
}

std::vector<TouchedQuestion> NodeSource::questions_of(const Plan& plan,
                                                      const eth::Hash& block) const {
    if (plan.block && block_style_) return {question_about(*plan.block)};
    if (!plan.calls.empty() && call_style_) return questions_about(plan.calls, *call_style_, block);
    return {};
}

void NodeSource::forget_style(PrefetchStyle unknown) {
    if (unknown == PrefetchStyle::block_prestate) block_style_.reset();
    if (unknown == PrefetchStyle::access_list) call_style_.reset();
    if (unknown == PrefetchStyle::prestate) call_style_ = PrefetchStyle::access_list;
}

// The same with a prefetch in it, where there is something to ask.
std::optional<FetchReport> NodeSource::fetch_asking(std::span<const evm::Missing> missing,
                                                    Prefetch& ahead, HeadState& into) {
    const auto plan = std::exchange(ahead.plan, {});
    const auto questions = questions_of(plan, into.block().hash);
    if (questions.empty()) return fetch_part(missing, into);
    auto report = fetch_batch(missing, questions, into);
    if (!report || !report->is_batch) {
        // It may be the prefetch that the node minds, or that takes it too long.
        rest_ = kPrefetchRest;
        return report || refused_ ? fetch_part(missing, into) : std::nullopt;
    }
    ahead.touched = std::move(report->touched);
    if (report->prefetch[static_cast<std::size_t>(PrefetchResult::method_unknown)] != 0) {
        forget_style(questions.front().style);
        ahead.plan = plan; // the next fetch of the same run asks in another way
    }
    if (!report->method_unknown || style_ == FetchStyle::plain) return report;
    style_ = FetchStyle::plain;
    return fetch_part(missing, into);
}

bool NodeSource::fetch(std::span<const evm::Missing> missing, HeadState& into) {
    Prefetch nothing;
    return fetch_ahead(missing, nothing, into);
}

bool NodeSource::fetch_ahead(std::span<const evm::Missing> missing, Prefetch& ahead,
                             HeadState& into) {
    if (rest_ != 0) {
        --rest_;
        ahead.plan = {};
    }
    std::size_t stored = 0;
    for (std::size_t from = 0; from < missing.size(); from += kMissingPerBatch) {
        if (from != 0 && interrupted(guard_)) return false;
        const auto part = missing.subspan(from, std::min(kMissingPerBatch, missing.size() - from));
        const auto report = from == 0 ? fetch_asking(part, ahead, into) : fetch_part(part, into);
        if (!report || report->block_unknown) return false;
        stored += report->stored;
    }
    return stored != 0;
}

} // namespace viz::state
