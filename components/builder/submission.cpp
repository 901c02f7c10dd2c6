#include "components/builder/submission.hpp"

#include <algorithm>

#include "components/builder/relay_answer.hpp"

namespace viz::builder {

namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kTooManyRequests = 429;

struct Outcome {
    std::optional<FinalState> final; // empty: retry
    unsigned status{};
    std::string error;
    std::optional<Millis> retry_after;
};

Outcome outcome_of(const std::variant<std::string, node::HttpFailure>& reply,
                   const std::vector<std::string>& may_revert) {
    if (const auto* failure = std::get_if<node::HttpFailure>(&reply)) {
        Outcome out{.final = {},
                    .status = failure->status,
                    .error = std::string(failure->reason()),
                    .retry_after = failure->retry_after};
        // A relay repeats a 4xx refusal on retry; only 429 (rate limit) is temporary.
        if (failure->kind == node::HttpFailure::Kind::status && failure->status >= 400 &&
            failure->status < 500 && failure->status != kTooManyRequests) {
            out.final = FinalState::rejected;
            out.error = "http_" + std::to_string(failure->status);
        }
        return out;
    }
    auto answer = parse_relay_answer(std::get<std::string>(reply), may_revert);
    Outcome out{.final = {}, .status = kOk, .error = std::move(answer.reason), .retry_after = {}};
    if (answer.verdict == Verdict::accepted) out.final = FinalState::accepted;
    if (answer.verdict == Verdict::rejected) out.final = FinalState::rejected;
    return out;
}

std::int64_t milliseconds(Mono span) {
    return std::chrono::duration_cast<Millis>(span).count();
}

} // namespace

std::string_view to_string(FinalState state) {
    switch (state) {
    case FinalState::accepted:
        return "accepted";
    case FinalState::rejected:
        return "rejected";
    case FinalState::unreachable:
        return "unreachable";
    case FinalState::circuit_open:
        return "circuit_open";
    }
    return "unknown";
}

Submission submit(const std::string& request, const std::vector<std::string>& may_revert,
                  const std::string& endpoint, const RetryPolicy& policy, CircuitBreaker& breaker,
                  const RelayLink& link) {
    Submission out;
    if (!breaker.admits(link.now())) {
        out.state = FinalState::circuit_open;
        return out;
    }
    for (std::uint32_t attempt = 1;; ++attempt) {
        const auto start = link.now();
        const auto outcome = outcome_of(link.post(request), may_revert);
        auto& entry = out.attempts.emplace_back();
        entry.attempt = attempt;
        entry.endpoint = endpoint;
        entry.http_status = outcome.status;
        entry.error = outcome.error;
        entry.latency_ms = milliseconds(link.now() - start);
        if (outcome.final) {
            out.state = *outcome.final;
            breaker.succeeded(); // any answer shows that the relay is reachable
            return out;
        }
        if (attempt >= policy.attempts) break;
        const auto wait =
            std::min(policy.backoff_max, std::max(policy.wait_after(attempt, link.random),
                                                  outcome.retry_after.value_or(Millis{})));
        entry.backoff_ms = wait.count();
        if (!link.wait(wait)) break;
    }
    breaker.failed(link.now());
    return out;
}

} // namespace viz::builder
