// Mainnet blocks of the corpus from the merge on, executed whole: what the header says of gas, logs
// and receipts must come out. The receipts' root holds status, gas and logs of every transaction.
#include <iostream>

#include <gtest/gtest.h>

#include "tests/support/mainnet_block.hpp"

namespace viz::evm {
namespace {

TEST(MainnetExecution, GivesTheHeadersGasBloomAndReceiptsRoot) {
    VIZ_NEEDS_CORPUS();
    CodeCache codes;
    std::size_t blocks = 0;
    std::size_t transactions = 0;
    std::uint64_t gas = 0;
    for (const auto& folder : test::merged_mainnet_blocks()) {
        const auto block = test::read_mainnet_block(folder);
        const auto& env = block.environment;
        const auto& rules = rules_at(env.chain_id, env.timestamp);
        Overlay state(block.state, codes);
        const auto result = execute_block(state, rules, block.input());
        ASSERT_FALSE(result.stopped_at)
            << folder << " at transaction " << *result.stopped_at << ": "
            << (result.results.back().invalid ? to_string(*result.results.back().invalid)
                                              : to_string(result.results.back().status));
        EXPECT_EQ(result.results.size(), block.transactions.size()) << folder;
        EXPECT_EQ(result.gas_used, block.claims.gas_used) << folder;
        EXPECT_EQ(result.bloom, block.claims.logs_bloom) << folder;
        EXPECT_EQ(result.receipts_root, block.claims.receipts_root) << folder;
        EXPECT_EQ(result.blob_gas_used, block.blob_gas_used) << folder;
        EXPECT_TRUE(state.missing().empty()) << folder;
        ++blocks;
        transactions += result.results.size();
        gas += result.gas_used;
    }
    EXPECT_EQ(blocks, 9u);
    std::cout << blocks << " blocks, " << transactions << " transactions, " << gas << " gas\n";
}

} // namespace
} // namespace viz::evm
