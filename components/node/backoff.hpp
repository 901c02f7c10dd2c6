// How long to wait before trying again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace viz::node {

using Millis = std::chrono::milliseconds;
// Uniform 64-bit values; jitter is drawn from it.
using Random = std::function<std::uint64_t()>;

// `whole`, or up to half of it less: spreads retries of many clients over time.
inline Millis jittered(Millis whole, const Random& random) {
    const auto half = static_cast<std::uint64_t>(whole.count() / 2);
    if (half == 0) return whole;
    return whole - Millis{static_cast<std::int64_t>(random() % (half + 1))};
}

// base * 2^exponent, at most `limit`.
inline Millis doubled(Millis base, std::uint32_t exponent, Millis limit) {
    auto value = base;
    while (exponent-- > 0 && value < limit) value *= 2;
    return value < limit ? value : limit;
}

} // namespace viz::node
