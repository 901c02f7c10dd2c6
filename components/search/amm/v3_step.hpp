// One step of a Uniswap V3 swap, within a range of constant liquidity. Source: Uniswap v3 Core,
// sections 6.2 and 6.2.1 (equations 6.7 to 6.17), with the roundings of the deployed SqrtPriceMath
// and SwapMath: always against the swapper. Prices are sqrt(token1/token0) as Q64.96.
#pragma once

#include "components/search/amm/swap_error.hpp"
#include "components/search/amm/wide.hpp"

namespace viz::search::amm {

inline constexpr std::uint32_t kMillionth = 1'000'000; // the unit of fees

enum class Rounding : std::uint8_t { down, up };

// Token amounts between two prices, in any order, neither zero.
Swap<U256> amount0_between(const U256& a, const U256& b, Uint128 liquidity, Rounding rounding);
Swap<U256> amount1_between(const U256& a, const U256& b, Uint128 liquidity, Rounding rounding);

// The price after that input (without fee) or output. Price and liquidity are not zero.
Swap<U256> price_after_input(const U256& price, Uint128 liquidity, const U256& amount,
                             bool zero_for_one);
Swap<U256> price_after_output(const U256& price, Uint128 liquidity, const U256& amount,
                              bool zero_for_one);

struct V3Step {
    U256 price; // the price reached: target, or between start and target
    U256 amount_in;
    U256 amount_out;
    U256 fee; // on top of amount_in
};
// computeSwapStep: down (zero for one) where target <= start. `remaining` of input with fee, or of
// output.
Swap<V3Step> v3_step(const U256& start, const U256& target, Uint128 liquidity,
                     const U256& remaining, bool exact_in, std::uint32_t fee_pips);

} // namespace viz::search::amm
