// Submits one bundle to one relay: attempts, their results, and the final state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bus/messages.hpp"
#include "components/builder/relay_policy.hpp"
#include "components/node/transport.hpp"

namespace viz::builder {

// The dependencies of a submission; tests provide substitutes.
struct RelayLink {
    std::function<std::variant<std::string, node::HttpFailure>(const std::string&)> post;
    std::function<Mono()> now;
    // Waits for the given time; returns false when the submission must end: the process stops, or
    // the bundle expires.
    std::function<bool(Millis)> wait;
    node::Random random;
};

enum class FinalState : std::uint8_t {
    accepted,
    rejected,     // the relay rejected the bundle
    unreachable,  // no usable answer in any attempt
    circuit_open, // not sent, see CircuitBreaker
};
std::string_view to_string(FinalState state);

struct Submission {
    FinalState state{FinalState::unreachable};
    std::vector<bus::RelayAttempt> attempts;
};

// `endpoint` is the form of the relay's URL shown in attempts.
Submission submit(const std::string& request, const std::vector<std::string>& may_revert,
                  const std::string& endpoint, const RetryPolicy& policy, CircuitBreaker& breaker,
                  const RelayLink& link);

} // namespace viz::builder
