// One bundle to one relay: attempts, what each of them said, and how it ended.
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

// What submitting stands on; a test gives its own.
struct RelayLink {
    std::function<std::variant<std::string, node::HttpFailure>(const std::string&)> post;
    std::function<Mono()> now;
    // Waits so long; false when it is not to go on: the process stops, or the bundle's time is
    // over.
    std::function<bool(Millis)> wait;
    node::Random random;
};

enum class FinalState : std::uint8_t {
    accepted,
    rejected,     // the relay answered that it would not take it
    unreachable,  // no answer that could be used, in all attempts
    circuit_open, // not asked, see CircuitBreaker
};
std::string_view to_string(FinalState state);

struct Submission {
    FinalState state{FinalState::unreachable};
    std::vector<bus::RelayAttempt> attempts;
};

// `endpoint` is what attempts show of the relay's URL.
Submission submit(const std::string& request, const std::vector<std::string>& may_revert,
                  const std::string& endpoint, const RetryPolicy& policy, CircuitBreaker& breaker,
                  const RelayLink& link);

} // namespace viz::builder
