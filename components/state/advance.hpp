// Advances the state of a block to its child by executing the child: cached state stays exact. The
// child's header verifies the execution.
#pragma once

#include "components/evm/block.hpp"
#include "components/state/rounds.hpp"

namespace viz::state {

// The outcome that the header of the executed block claims.
struct BlockClaims {
    std::uint64_t gas_used{};
    evm::Bloom logs_bloom;
    eth::Hash receipts_root;
};

enum class AdvanceEnd : std::uint8_t {
    advanced,
    incomplete,      // state that the block touches is unavailable
    not_executable,  // a transaction that the rules forbid or that we cannot execute
    another_outcome, // gas, bloom or receipts differ from the header
};
std::string_view to_string(AdvanceEnd end);

struct Advance {
    AdvanceEnd end{};
    Rounds rounds;
    // The child's state: everything known when `advanced`, otherwise only code.
    std::shared_ptr<HeadState> state;
    evm::BlockResult result; // as executed, when `advanced`
};

struct AdvanceLimits {
    RoundLimits rounds;
    std::size_t slots{500'000}; // limit of slots carried over
    bool collect_sets{};        // the result says which slots each transaction used
    // A block that misses this much is traced by the node, which executes the whole block: for a
    // few missing items that takes longer than fetching them.
    std::size_t much{32};
};

// Adds to `parent` the state that the block needs.
Advance advance(HeadState& parent, const BlockRef& next, const evm::Rules& rules,
                const evm::BlockInput& block, const BlockClaims& claims, evm::CodeCache& codes,
                StateSource& source, const AdvanceLimits& limits = {},
                evm::RunGuard* guard = nullptr);

} // namespace viz::state
