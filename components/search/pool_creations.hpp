// Pools announced by their factories: Uniswap V2's PairCreated, V3's PoolCreated, and those of
// forks.
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

// In log order. Unverified: any contract may emit such a log.
std::vector<PoolCreation> pool_creations(std::span<const evm::Log> logs);

} // namespace viz::search
