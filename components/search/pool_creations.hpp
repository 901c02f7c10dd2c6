// Pools as their factories announce them: Uniswap V2's PairCreated, V3's PoolCreated, and the same
// of forks.
#pragma once

#include <span>
#include <vector>

#include "components/evm/overlay.hpp"
#include "components/evm/swapper.hpp"

namespace viz::search {

struct PoolCreation {
    evm::PoolKind kind{};
    eth::Address pool;
    eth::Address token0;
    eth::Address token1;
    std::uint32_t fee_pips{}; // V3
    friend bool operator==(const PoolCreation&, const PoolCreation&) = default;
};

// In the order of the logs. Anyone may log such a thing: whether it is true is not known here.
std::vector<PoolCreation> pool_creations(std::span<const evm::Log> logs);

} // namespace viz::search
