// Constant-product pairs of Uniswap V2 and its forks, to the last wei. Sources: Uniswap v2 Core
// (Adams, Zinsmeister, Robinson, 2020), section 3.2.1 on the invariant with fees; the published
// behaviour of UniswapV2Pair.swap and UniswapV2Library.getAmountOut/getAmountIn.
#pragma once

#include <optional>
#include <span>

#include "components/search/amm/swap_error.hpp"
#include "components/search/amm/wide.hpp"

namespace viz::search::amm {

// The part of the input that counts: 997/1000 for Uniswap and Sushi, 9975/10000 for Pancake.
// 0 < numerator <= denominator <= 65,535, so that
// reserves * reserves * denominator^2 stays within 256 bits, as the contracts need too.
struct V2Fee {
    std::uint32_t numerator{997};
    std::uint32_t denominator{1000};
    friend bool operator==(const V2Fee&, const V2Fee&) = default;
};

inline constexpr unsigned kV2ReserveBits = 112;

// A pair from the swapper's side: reserves in the tokens' smallest units, below 2^112.
struct V2Side {
    U256 reserve_in;
    U256 reserve_out;
    V2Fee fee;
    friend bool operator==(const V2Side&, const V2Side&) = default;
};

// getAmountOut: the largest output for `amount_in`; may be 0.
Swap<U256> v2_amount_out(const V2Side& side, const U256& amount_in);
// getAmountIn: what routers take for `amount_out`. It may be one wei above the least that the
// pair would accept, see v2_least_in.
Swap<U256> v2_amount_in(const V2Side& side, const U256& amount_out);
// The least input that gives at least `amount_out`.
Swap<U256> v2_least_in(const V2Side& side, const U256& amount_out);
// The pair's own error when it is paid exactly `amount_in`; nothing if it accepts.
std::optional<SwapError> v2_refusal(const V2Side& side, const U256& amount_in,
                                    const U256& amount_out);

// The pair afterwards, from the same side and from the other side.
V2Side v2_after(const V2Side& side, const U256& amount_in, const U256& amount_out);
V2Side v2_reversed(const V2Side& side);

// A router's path, hop by hop: amounts[0] is the input, amounts[i + 1] the output of sides[i]. One
// more amount than sides; returns the last (first) amount.
Swap<U256> v2_amounts_out(std::span<const V2Side> sides, const U256& amount_in,
                          std::span<U256> amounts);
Swap<U256> v2_amounts_in(std::span<const V2Side> sides, const U256& amount_out,
                         std::span<U256> amounts);

} // namespace viz::search::amm
