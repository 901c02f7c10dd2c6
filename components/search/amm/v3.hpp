// Swaps through Uniswap V3 pools and forks with its curve, across ticks, to the last wei. Source:
// Uniswap v3 Core, sections 6.2 and 6.3; the walk over ticks stops where the deployed pool stops
// (at initialized ticks and at the ends of bitmap words), because each stop rounds.
#pragma once

#include <vector>

#include "components/search/amm/tick_math.hpp"
#include "components/search/amm/v3_step.hpp"

namespace viz::search::amm {

struct V3Tick {
    std::int32_t index{};
    Int128 liquidity_net{}; // added when the price crosses upwards
    friend bool operator==(const V3Tick&, const V3Tick&) = default;
};

// The part of a pool that swaps do not change. The initialized ticks in ascending order, all
// multiples of the spacing; all ticks between known_low and known_high (inclusive) are included. A
// swap that leaves that range fails as outside_known_ticks.
struct V3Curve {
    std::uint32_t fee_pips{3000}; // millionths, below one
    std::int32_t tick_spacing{60};
    std::vector<V3Tick> ticks;
    std::int32_t known_low{kMinTick};
    std::int32_t known_high{kMaxTick};
};

struct V3State {
    U256 sqrt_price; // Q64.96; zero: not initialized
    std::int32_t tick{};
    Uint128 liquidity{};
    friend bool operator==(const V3State&, const V3State&) = default;
};

struct V3Request {
    bool zero_for_one{};
    bool exact_in{true};
    U256 amount; // of input or of output, below 2^255
    // The price limit; absent: near the end of all prices, as routers pass it.
    std::optional<U256> price_limit;
};

struct V3Swap {
    U256 amount_in; // with fee
    U256 amount_out;
    U256 fee;      // part of amount_in
    V3State after; // of the pool
    std::uint32_t steps{};
    std::uint32_t crossed{}; // initialized ticks
    // The whole amount was swapped; false when the price limit was reached first.
    bool complete{};
};

Swap<V3Swap> v3_swap(const V3Curve& curve, const V3State& state, const V3Request& request);

// The next stop of the walk from `tick`: an initialized tick or the end of the bitmap word.
struct V3Stop {
    std::int32_t tick{}; // may be outside [kMinTick, kMaxTick]
    const V3Tick* initialized{};
};
V3Stop v3_next_stop(const V3Curve& curve, std::int32_t tick, bool zero_for_one);

} // namespace viz::search::amm
