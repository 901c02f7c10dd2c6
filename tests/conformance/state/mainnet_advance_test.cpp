// Mainnet blocks executed from an unknown state, as after a start: what
// is missing is fetched round by round, and the header confirms the outcome.
#include <iostream>

#include <gtest/gtest.h>

#include "components/state/advance.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/mainnet_block.hpp"
#include "tests/support/memory_source.hpp"

namespace viz::state {
namespace {

TEST(MainnetBlocks, AdvanceFromNothingByRoundsOfFetching) {
    VIZ_NEEDS_CORPUS();
    for (const auto& folder : test::merged_mainnet_blocks()) {
        SCOPED_TRACE(folder.filename());
        const auto block = test::read_mainnet_block(folder);
        const auto& env = block.environment;
        test::MemorySource source(block.state);
        HeadState parent({block.parent_hash, env.number - 1});
        evm::CodeCache codes;
        const auto done = advance(parent, {eth::Hash{{{0x01}}}, env.number},
                                  evm::rules_at(env.chain_id, env.timestamp), block.input(),
                                  block.claims, codes, source, {.rounds = {.rounds = 200}});
        ASSERT_EQ(done.end, AdvanceEnd::advanced) << to_string(done.rounds.end);
        std::cout << env.number << ": " << block.transactions.size() << " transactions, "
                  << done.rounds.runs << " runs, " << done.rounds.fetched << " fetched, "
                  << done.state->accounts() << " accounts and " << done.state->slots()
                  << " slots known\n";
    }
}

} // namespace
} // namespace viz::state
