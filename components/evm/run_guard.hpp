// Interrupts a run on a stop request or at a time limit. All executions, fetches and rounds of one
// run share the same guard.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

namespace viz::evm {

enum class Interrupt : std::uint8_t { none, stopped, out_of_time };

// Not thread-safe, except that any thread may request the stop.
class RunGuard {
  public:
    using Now = std::function<std::int64_t()>; // a monotonic clock, in ns

    RunGuard() = default; // never interrupts
    explicit RunGuard(std::stop_token stop) : stop_(std::move(stop)) {}
    // The time limit counts from construction.
    RunGuard(std::stop_token stop, Now now, std::chrono::nanoseconds time)
        : stop_(std::move(stop)), now_(std::move(now)), end_ns_(now_() + time.count()) {}

    // A guard for a part of the run: the same stop token, and the smaller of `time` and the
    // remaining time.
    RunGuard part(std::chrono::nanoseconds time) const {
        RunGuard made = *this;
        if (now_) made.end_ns_ = std::min(end_ns_, now_() + time.count());
        return made;
    }

    // Reads the clock once. After returning a value other than `none` it always returns that value.
    Interrupt check() {
        if (known_ != Interrupt::none) return known_;
        if (stop_.stop_requested())
            known_ = Interrupt::stopped;
        else if (now_ && now_() >= end_ns_)
            known_ = Interrupt::out_of_time;
        return known_;
    }
    // Returns nullopt when there is no time limit.
    std::optional<std::chrono::nanoseconds> time_left() const {
        if (!now_) return std::nullopt;
        return std::chrono::nanoseconds(std::max<std::int64_t>(0, end_ns_ - now_()));
    }
    const std::stop_token& stop() const { return stop_; }

  private:
    std::stop_token stop_;
    Now now_;
    std::int64_t end_ns_{};
    Interrupt known_{Interrupt::none};
};

} // namespace viz::evm
