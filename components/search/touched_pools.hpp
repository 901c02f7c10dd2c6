// Which pools an execution moved, and what it swapped in each, whatever router it went through.
#pragma once

#include <span>

#include "components/evm/pool_swaps.hpp"
#include "components/evm/transaction.hpp"
#include "components/search/pool_view.hpp"

namespace viz::search {

struct TouchedPool {
    Pool pool;
    bool zero_for_one{};
    U256 amount_in;
    U256 amount_out;
    std::uint32_t swaps{1}; // of the same pool in the transaction; the amounts are the first's
    friend bool operator==(const TouchedPool&, const TouchedPool&) = default;
};

// Of one transaction; the others are not looked at. The longest routes of mainnet have some thirty.
inline constexpr std::size_t kMostTouchedPools = 64;

// From the Swap events, accepted only from contracts that answer like a pool and whose reserves
// (V2) or price (V3) were written in the slots where pools keep them. In order of first swap.
std::vector<TouchedPool> touched_pools(const evm::TransactionResult& result, PoolView& view,
                                       evm::Machine& machine);

} // namespace viz::search
