// Retry and circuit breaker rules for relays. The caller supplies time and randomness.
#pragma once

#include <chrono>
#include <cstdint>

#include "components/node/backoff.hpp"

namespace viz::builder {

using node::Millis;
using Mono = std::chrono::nanoseconds; // monotonic time since boot

struct RetryPolicy {
    std::uint32_t attempts{3}; // attempts per bundle, including the first; not 0
    Millis backoff{100};       // after the first attempt; doubles, with jitter
    Millis backoff_max{2'000};

    // The wait after attempt number `attempt`, counted from 1.
    Millis wait_after(std::uint32_t attempt, const node::Random& random) const {
        return node::jittered(node::doubled(backoff, attempt - 1, backoff_max), random);
    }
};

// While open, nothing is sent. After the open time one bundle is admitted, and its result decides.
class CircuitBreaker {
  public:
    struct Limits {
        std::uint32_t failures{2}; // consecutive undeliverable bundles that open the breaker
        Millis open_for{5'000};
    };
    enum class State : std::uint8_t { closed, open, half_open };

    explicit CircuitBreaker(Limits limits) : limits_(limits) {}

    State state(Mono now) const {
        if (failures_ < limits_.failures) return State::closed;
        return now < opened_ + limits_.open_for ? State::open : State::half_open;
    }
    bool admits(Mono now) const { return state(now) != State::open; }
    // Result of an admitted bundle; only one is in progress at a time.
    void succeeded() { failures_ = 0; }
    void failed(Mono now) {
        if (failures_ < limits_.failures) ++failures_;
        opened_ = now;
    }

  private:
    Limits limits_;
    std::uint32_t failures_{};
    Mono opened_{};
};

} // namespace viz::builder
