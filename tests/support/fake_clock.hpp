// A clock that stands still until a test moves it. Thread-safe.
#pragma once

#include <atomic>

#include "bus/clock.hpp"

namespace viz::test {

class FakeClock final : public bus::Clock {
  public:
    std::int64_t wall_unix_ns() const override { return wall_ns_; }
    std::int64_t mono_ns() const override { return mono_ns_; }

    void advance_ms(std::int64_t ms) {
        wall_ns_ += ms * 1'000'000;
        mono_ns_ += ms * 1'000'000;
    }
    // The wall clock alone.
    void step_ms(std::int64_t ms) { wall_ns_ += ms * 1'000'000; }

  private:
    std::atomic<std::int64_t> wall_ns_{1'700'000'000'000'000'000};
    std::atomic<std::int64_t> mono_ns_{1'000'000'000};
};

} // namespace viz::test
