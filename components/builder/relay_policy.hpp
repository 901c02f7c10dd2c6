// When a relay is asked again, and when it is left alone. Time and randomness come from outside.
#pragma once

#include <chrono>
#include <cstdint>

#include "components/node/backoff.hpp"

namespace viz::builder {

using node::Millis;
using Mono = std::chrono::nanoseconds; // monotonic time of this boot

struct RetryPolicy {
    std::uint32_t attempts{3}; // at a bundle, the first one included; not 0
    Millis backoff{100};       // behind the first attempt; doubles, with jitter
    Millis backoff_max{2'000};

    // Behind attempt number `attempt`, from 1.
    Millis wait_after(std::uint32_t attempt, const node::Random& random) const {
        return node::jittered(node::doubled(backoff, attempt - 1, backoff_max), random);
    }
};

// Open: nothing is sent. After its time one bundle is let through, and its end decides.
class CircuitBreaker {
  public:
    struct Limits {
        std::uint32_t failures{2}; // bundles in a row that could not be delivered
        Millis open_for{5'000};
    };
    enum class State : std::uint8_t { closed, open, half_open };

    explicit CircuitBreaker(Limits limits) : limits_(limits) {}

    State state(Mono now) const {
        if (failures_ < limits_.failures) return State::closed;
        return now < opened_ + limits_.open_for ? State::open : State::half_open;
    }
    bool admits(Mono now) const { return state(now) != State::open; }
    // Of what was admitted, which is one at a time.
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
