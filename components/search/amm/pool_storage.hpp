// The storage slots of Uniswap pools that swaps need, so that they can be read from a node or an
// execution without a call. Source: the storage layouts of UniswapV2Pair (v2-core 1.0)
// and UniswapV3Pool (v3-core 1.0); forks that add fields may differ (Pancake V3 has a wider slot0).
#pragma once

#include "components/eth/types.hpp"
#include "components/search/amm/v3.hpp"

namespace viz::search::amm {

inline constexpr std::uint64_t kV2ReservesSlot = 8;
inline constexpr std::uint64_t kV3PriceSlot = 0;
inline constexpr std::uint64_t kV3LiquiditySlot = 4;

struct V2Reserves {
    U256 reserve0;
    U256 reserve1;
    std::uint32_t timestamp{}; // of the last block that changed the reserves, modulo 2^32
};
V2Reserves v2_reserves(const U256& word);

// Price and tick from slot 0, liquidity from slot 4.
V3State v3_state(const U256& price_word, const U256& liquidity_word);

// A bitmap word has 256 ticks divided by the spacing; negative ones round down.
std::int16_t v3_bitmap_position(std::int32_t tick, std::int32_t spacing);
U256 v3_bitmap_slot(std::int16_t position);
// The ticks whose bits are set, ascending.
std::vector<std::int32_t> v3_ticks_in(const U256& word, std::int16_t position,
                                      std::int32_t spacing);
// The slot with liquidityGross and liquidityNet of a tick.
U256 v3_tick_slot(std::int32_t tick);
V3Tick v3_tick(std::int32_t index, const U256& word);

} // namespace viz::search::amm
