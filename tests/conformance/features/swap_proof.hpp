// Whether a decoded swap is what really happened, according to logs and balances of the transaction
// once it has been executed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "components/evm/call_tree.hpp"
#include "components/evm/transaction.hpp"
#include "components/features/actions.hpp"

namespace viz::test {

struct ExecutedCall {
    eth::Address sender;
    eth::Address router;
    eth::U256 gas_price; // what the sender paid for each gas
    const evm::TransactionResult& result;
    const evm::CallTree& calls;
};

struct SwapProof {
    std::size_t hops{};             // in pools whose address follows from the path
    std::size_t ends{};             // sold and bought amounts
    bool taxed{};                   // a token kept part of what was moved
    std::vector<std::string> wrong; // what does not agree, in words
};

// `call` succeeded. What is compared:
// - each hop of a path through a factory's pools: that pool's Swap log, in the path's order and
//   direction; the first takes the amount sold, the last gives what was bought;
// - of each swap, or chain of them, from end to end: what left the sender is the amount sold (exact
//   in) or at most the limit (exact out); what reached the recipient is at least the limit, or the
//   amount bought. Where the logs show another amount, the token must have been called to move
//   just that one, and kept part of it.
SwapProof prove_swaps(std::span<const features::Action> actions, const ExecutedCall& call,
                      const features::ProtocolRegistry& registry);

} // namespace viz::test
