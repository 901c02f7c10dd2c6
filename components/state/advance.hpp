// From the state of a block to that of its child, by executing the child: what is known stays
// known, exactly. The child's header says whether the execution was right.
#pragma once

#include "components/evm/block.hpp"
#include "components/state/rounds.hpp"

namespace viz::state {

// What the header of the executed block says of it.
struct BlockClaims {
    std::uint64_t gas_used{};
    evm::Bloom logs_bloom;
    eth::Hash receipts_root;
};

enum class AdvanceEnd : std::uint8_t {
    advanced,
    incomplete,      // state that the block touches could not be had
    not_executable,  // a transaction that the rules do not allow, or that ours cannot run
    another_outcome, // gas, bloom or receipts differ from the header
};
std::string_view to_string(AdvanceEnd end);

struct Advance {
    AdvanceEnd end{};
    Rounds rounds;
    // Of the child: everything that is known when `advanced`, otherwise code alone.
    std::shared_ptr<HeadState> state;
    evm::BlockResult result; // as executed, when `advanced`
};

struct AdvanceLimits {
    RoundLimits rounds;
    std::size_t slots{500'000}; // more than that are not carried over
    bool collect_sets{};        // the result says which slots each transaction used
    // Of a block that misses as much, the node is asked what it touches: it executes it all for
    // that, which takes longer than to find out a few.
    std::size_t much{32};
};

// `parent` is completed with what the block needs.
Advance advance(HeadState& parent, const BlockRef& next, const evm::Rules& rules,
                const evm::BlockInput& block, const BlockClaims& claims, evm::CodeCache& codes,
                StateSource& source, const AdvanceLimits& limits = {},
                evm::RunGuard* guard = nullptr);

} // namespace viz::state
