// What a token is worth that is no base token: for what is paid with it.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

// The token as if it were a base one. Its price, for small amounts, is that of the pool `at` where
// the other token there is a base, else that of the deepest pool with a base that the factories
// made: nobody else's, since anybody can make one that tells any price. The capital is as much as a
// base's is worth then. Nothing where there is no price, or nothing of it can be had to try with.
std::optional<BaseToken> as_base(Trial& trial, PoolView& pools, std::span<const BaseToken> bases,
                                 const eth::Address& token, const Pool& at);

} // namespace viz::search
