// Both clocks as a parameter: a core never reads the system clock itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "components/eth/types.hpp"
#include "components/node/backoff.hpp"

namespace viz::ingest {

using node::Millis;
// Monotonic time of this boot.
using Mono = std::chrono::nanoseconds;

struct Instant {
    eth::UnixMs wall;
    eth::MonoNs mono;
    Mono since_boot() const { return Mono{mono.value}; }
};

// The lower bound, in milliseconds, of how far our clock is behind: a block that arrives before its
// own timestamp (seconds since 1970) shows that our clock is late. A block that arrives after its
// timestamp, as on every healthy chain, shows nothing: 0.
constexpr std::int64_t provable_clock_skew_ms(std::int64_t block_timestamp_s, eth::UnixMs arrival) {
    constexpr std::int64_t kLatest = 1'000'000'000'000; // s; a node may send any value
    if (block_timestamp_s <= 0 || block_timestamp_s > kLatest) return 0;
    const auto skew = block_timestamp_s * 1000 - arrival.value;
    return skew > 0 ? skew : 0;
}

using Now = std::function<Instant()>;
using node::doubled;
using node::jittered;
using node::Random;

} // namespace viz::ingest
