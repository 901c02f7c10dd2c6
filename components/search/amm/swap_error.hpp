// Why a swap fails. Where a contract would revert, the comment has the contract's own text.
#pragma once

#include <cstdint>
#include <string_view>

#include "components/eth/result.hpp"

namespace viz::search::amm {

enum class SwapError : std::uint8_t {
    zero_amount,            // V2 INSUFFICIENT_INPUT_AMOUNT or INSUFFICIENT_OUTPUT_AMOUNT; V3 AS
    insufficient_liquidity, // V2 INSUFFICIENT_LIQUIDITY: an empty reserve, or all of it requested
    overflow,               // the contract's checked arithmetic fails
    reserve_overflow,       // V2 OVERFLOW: a balance of 2^112 and more
    invariant,              // V2 K: the output exceeds what was paid for
    not_initialized,        // V3: no price yet (LOK)
    price_limit,            // V3 SPL: the limit is on the wrong side or out of range
    liquidity_overflow,     // V3 LS or LA: the ticks do not fit the liquidity
    output_unreachable,     // V3: the step's price would leave its range (SqrtPriceMath)
    outside_known_ticks,    // not the contract's: the swap leaves the ticks that are known
    empty_path,             // not the contract's: a path without hops
};
std::string_view to_string(SwapError reason);

template <class T> using Swap = Result<T, SwapError>;

} // namespace viz::search::amm
