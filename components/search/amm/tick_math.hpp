// Ticks and square root prices of Uniswap V3. Source: Uniswap v3 Core (Adams, Zinsmeister, Salem,
// Keefer, Robinson, 2021), section 6.1: sqrtP(i) = 1.0001^(i/2), here as Q64.96 rounded up, bit
// for bit as the deployed TickMath computes it.
#pragma once

#include "components/search/amm/wide.hpp"

namespace viz::search::amm {

inline constexpr std::int32_t kMinTick = -887272;
inline constexpr std::int32_t kMaxTick = 887272;

// The prices of kMinTick and kMaxTick. A pool's price is at least the first and below the second.
U256 min_sqrt_ratio();
U256 max_sqrt_ratio();

// kMinTick <= tick <= kMaxTick.
U256 sqrt_ratio_at_tick(std::int32_t tick);
// The greatest tick whose ratio is at most `ratio`; min_sqrt_ratio() <= ratio < max_sqrt_ratio().
std::int32_t tick_at_sqrt_ratio(const U256& ratio);

} // namespace viz::search::amm
