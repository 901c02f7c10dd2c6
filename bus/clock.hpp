// Time as a dependency: shells and cores receive a Clock (or plain time values), so that tests
// control the time.
#pragma once

#include <chrono>

#include "components/eth/types.hpp"

namespace viz::bus {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual std::int64_t wall_unix_ns() const = 0;
    virtual std::int64_t mono_ns() const = 0;

    eth::UnixMs unix_ms() const { return eth::UnixMs{wall_unix_ns() / 1'000'000}; }
    eth::MonoNs mono() const { return eth::MonoNs{mono_ns()}; }
};

class SystemClock final : public Clock {
  public:
    std::int64_t wall_unix_ns() const override {
        using namespace std::chrono;
        return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
    }
    std::int64_t mono_ns() const override {
        using namespace std::chrono;
        return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
    }
};

} // namespace viz::bus
