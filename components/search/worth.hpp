// Prices a token that is not a base token, for swaps that pay with it.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

// The token as a base token. Its price, for small amounts, is that of pool `at` if its other token
// is a base token, else that of the deepest pool with a base token created by a known factory (a
// pool of any other origin could show any price). The capital has the same value as the base
// token's. Nothing without a price, or when no balance of it is available to test with.
std::optional<BaseToken> as_base(Trial& trial, PoolView& pools, std::span<const BaseToken> bases,
                                 const eth::Address& token, const Pool& at);

} // namespace viz::search
