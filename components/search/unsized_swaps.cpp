#include "components/search/unsized_swaps.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "components/eth/keccak.hpp"

namespace viz::search {

namespace {

// Uniswap v4-core, IPoolManager; Curve's stable pools, their swaps of what lies beneath, and its
// pools of volatile tokens, first and new generation.
struct Topics {
    eth::Hash v4 =
        eth::keccak256_of("Swap(bytes32,address,int128,int128,uint160,uint128,int24,uint24)");
    std::array<eth::Hash, 4> curve{
        eth::keccak256_of("TokenExchange(address,int128,uint256,int128,uint256)"),
        eth::keccak256_of("TokenExchangeUnderlying(address,int128,uint256,int128,uint256)"),
        eth::keccak256_of("TokenExchange(address,uint256,uint256,uint256,uint256)"),
        eth::keccak256_of(
            "TokenExchange(address,uint256,uint256,uint256,uint256,uint256,uint256)")};
};

} // namespace

UnsizedSwaps unsized_swaps(std::span<const evm::Log> logs) {
    static const Topics topics;
    UnsizedSwaps seen;
    for (const auto& log : logs) {
        if (log.topics.empty()) continue;
        const auto& first = log.topics.front();
        if (first == topics.v4) ++seen.v4;
        if (std::find(topics.curve.begin(), topics.curve.end(), first) != topics.curve.end())
            ++seen.curve;
    }
    return seen;
}

} // namespace viz::search
