#include "components/state/rounds.hpp"

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/evm/transaction.hpp"
#include "tests/support/memory_source.hpp"

namespace viz::state {
namespace {

constexpr eth::Address kSender{{{0x11}}};
constexpr eth::Address kChain{{{0x22}}};

// Reads slot n, then the slot that it names, five times: each run finds out one more.
struct RoundsOfRuns : testing::Test {
    RoundsOfRuns() {
        below.accounts[kSender].balance = eth::Wei(1'000'000'000'000'000'000);
        auto& chain = below.accounts[kChain];
        chain.code_hash = below.add_code(eth::bytes_from_hex("0x5f54545454545f5260205ff3").value());
        for (std::uint64_t i = 0; i < 5; ++i) chain.storage[eth::U256(i)] = eth::U256(i + 1);
    }
    Rounds run(const RoundLimits& limits) {
        return run_in_rounds(state, codes, source, limits, [&](evm::Overlay& overlay) {
            evm::TransactionExecutor executor(overlay, evm::rules_of(evm::Fork::osaka), block);
            eth::Transaction tx;
            tx.gas_limit = eth::Gas(200'000);
            tx.to = kChain;
            result = executor.execute(tx, kSender, {.nonce = false, .funds = false, .fees = false});
        });
    }
    evm::BlockEnvironment block{.chain_id = eth::ChainId(1), .number = 1, .gas_limit = 30'000'000};
    test::MemoryState below;
    test::MemorySource source{below};
    HeadState state{{eth::Hash{{{0x01}}}, 0}};
    evm::CodeCache codes;
    evm::TransactionResult result;
};

TEST_F(RoundsOfRuns, GoOnUntilNothingIsMissing) {
    const auto rounds = run({});
    EXPECT_EQ(rounds.end, RoundsEnd::complete);
    EXPECT_EQ(rounds.runs, 8u); // accounts, code, five slots, and the run that has all
    EXPECT_EQ(eth::from_be(result.output), eth::U256(5));
    EXPECT_TRUE(result.succeeded());
}

TEST_F(RoundsOfRuns, NeedOneRunWhereEverythingIsKnown) {
    run({});
    const auto again = run({});
    EXPECT_EQ(again.end, RoundsEnd::complete);
    EXPECT_EQ(again.runs, 1u);
    EXPECT_EQ(again.fetched, 0u);
}

TEST_F(RoundsOfRuns, AreBounded) {
    EXPECT_EQ(run({.rounds = 3}).end, RoundsEnd::too_many_rounds);
    EXPECT_EQ(source.fetches, 2u);
}

TEST_F(RoundsOfRuns, DoNotAskForMoreThanTheLimit) {
    EXPECT_EQ(run({.missing = 1}).end, RoundsEnd::too_much_missing);
    EXPECT_EQ(source.fetches, 0u);
}

TEST_F(RoundsOfRuns, EndWhereTheSourceHasNothing) {
    source.available = false;
    EXPECT_EQ(run({}).end, RoundsEnd::state_not_found);
    EXPECT_EQ(to_string(RoundsEnd::state_not_found), "state_not_found");
}

} // namespace
} // namespace viz::state
