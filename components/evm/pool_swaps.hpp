// The swaps that a transaction's logs tell of: the Swap events of Uniswap V2 and V3 and of forks
// that kept them, and of Pancake V3. A log is what a contract says; who acts on it compares it with
// what the contract's slots and balances became.
#pragma once

#include <span>
#include <vector>

#include "components/evm/overlay.hpp"
#include "components/evm/swapper.hpp"

namespace viz::evm {

struct PoolSwap {
    PoolKind kind{};
    eth::Address pool;
    std::size_t log{}; // its place among the logs
    bool zero_for_one{};
    eth::U256 amount_in; // as the pool saw it arrive
    eth::U256 amount_out;
    eth::U256 sqrt_price; // of V3, afterwards
    friend bool operator==(const PoolSwap&, const PoolSwap&) = default;
};

// In the order of the logs. Swaps with both or neither token going in are left out.
std::vector<PoolSwap> pool_swaps(std::span<const Log> logs);

} // namespace viz::evm
