// Extracts swaps from a transaction's logs: the Swap events of Uniswap V2 and V3, of forks with the
// same events, and of Pancake V3. A log is only the contract's claim: callers that act on it must
// compare it with the contract's slots and balances.
#pragma once

#include <span>
#include <vector>

#include "components/evm/overlay.hpp"
#include "components/evm/swapper.hpp"

namespace viz::evm {

struct PoolSwap {
    PoolKind kind{};
    eth::Address pool;
    std::size_t log{}; // index of the log
    bool zero_for_one{};
    eth::U256 amount_in; // as received by the pool
    eth::U256 amount_out;
    eth::U256 sqrt_price; // V3 only: the price after the swap
    friend bool operator==(const PoolSwap&, const PoolSwap&) = default;
};

// In log order. Omits swaps where both tokens or neither token flow in.
std::vector<PoolSwap> pool_swaps(std::span<const Log> logs);

} // namespace viz::evm
