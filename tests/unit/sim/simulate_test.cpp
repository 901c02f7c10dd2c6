// What a simulation says when something is in its way. The profit of candidates through real pools
// is in tests/conformance/search.
#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/sim/simulate.hpp"
#include "tests/support/memory_state.hpp"

namespace viz::sim {
namespace {

constexpr eth::Address kToken{{{0x70}}};
constexpr eth::Address kTarget{{{0x71}}};
constexpr eth::Address kSender{{{0x72}}};

class Simulate : public testing::Test {
  protected:
    test::MemoryState below;
    evm::CodeCache codes;
    evm::BlockEnvironment block{.chain_id = eth::ChainId(1),
                                .number = 20'000'000,
                                .timestamp = 1'720'000'000,
                                .gas_limit = 30'000'000,
                                .base_fee = 1'000'000'000};
    SimRequest request;
    SimSettings settings;

    void SetUp() override {
        // Whatever is asked, the balance at the slot that is the holder's address.
        put(kToken, "0x6004355460005260206000f3");
        below.accounts[kSender].balance = U256(1'000'000'000'000'000'000);
        request.base_token = kToken;
        request.capital = 1000;
    }
    void put(const eth::Address& at, const char* code) {
        below.accounts[at].code_hash = below.add_code(*eth::bytes_from_hex(code));
    }
    SimMember member() {
        SimMember m{.hash = {}, .sender = kSender, .tx = {}};
        m.tx.max_fee_per_gas = m.tx.max_priority_fee_per_gas = U256(2'000'000'000);
        m.tx.gas_limit = eth::Gas(100'000);
        m.tx.to = kTarget;
        return m;
    }
    SimResult run(evm::MissPolicy policy = evm::MissPolicy::assume_empty) {
        evm::Overlay state(below, codes, policy);
        return simulate(state, evm::rules_at(block.chain_id, block.timestamp), block, request,
                        settings);
    }
    SimResult run_code(const char* code) {
        put(kTarget, code);
        request.steps = {member()};
        return run();
    }
    void expect_failure(const SimResult& result, FailCategory category) {
        ASSERT_TRUE(result.failure);
        EXPECT_EQ(to_string(result.failure->category), to_string(category));
        EXPECT_FALSE(result.plainly_profitable());
        EXPECT_FALSE(result.robustness);
    }
};

TEST_F(Simulate, NothingDoneIsNeitherProfitNorLoss) {
    const auto result = run();
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, U256());
    EXPECT_EQ(result.waterfall.net, U256());
    EXPECT_FALSE(result.plainly_profitable());
}

TEST_F(Simulate, AMembersGasIsCountedAndNotPaidByUs) {
    const auto result = run_code("0x00");
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.gas_used, 21'000U);
    EXPECT_EQ(result.own_gas, 0U);
    EXPECT_EQ(result.coinbase_payment, U256(21'000) * U256(1'000'000'000));
    EXPECT_EQ(result.waterfall.gas, U256());
    ASSERT_EQ(result.steps.size(), 1U);
    EXPECT_EQ(result.steps[0].gas_used, 21'000U);
}

TEST_F(Simulate, ARevertIsDecoded) {
    // Panic(0x11)
    const auto result = run_code("0x634e487b7160e01b600052601160045260246000fd");
    expect_failure(result, FailCategory::revert);
    EXPECT_EQ(result.failure->reason, "Panic 0x11: arithmetic overflow");
    EXPECT_EQ(result.failure->step, 0U);
    ASSERT_TRUE(result.failure->first_failure);
    EXPECT_EQ(result.failure->first_failure->address, kTarget);
}

TEST_F(Simulate, GasThatRunsOutIsOutOfGas) {
    expect_failure(run_code("0x5b600056"), FailCategory::out_of_gas);
}

TEST_F(Simulate, TooManyInstructionsAreATimeout) {
    settings.step_budget = 100;
    expect_failure(run_code("0x5b600056"), FailCategory::timeout);
}

TEST_F(Simulate, AnotherHaltIsUnknownWithItsName) {
    const auto result = run_code("0xfe");
    expect_failure(result, FailCategory::unknown);
    EXPECT_EQ(result.failure->reason, "invalid_opcode");
}

TEST_F(Simulate, AWrongNonceIsANonceMismatch) {
    for (const eth::Nonce nonce : {4U, 6U}) {
        below.accounts[kSender].nonce = 5;
        auto m = member();
        m.tx.nonce = nonce;
        request.steps = {m};
        const auto result = run();
        expect_failure(result, FailCategory::nonce_mismatch);
        EXPECT_EQ(result.failure->reason, nonce == 4 ? "nonce_too_low" : "nonce_too_high");
    }
}

TEST_F(Simulate, AMemberWithoutFundsSaysSo) {
    below.accounts[kSender].balance = 1;
    request.steps = {member()};
    expect_failure(run(), FailCategory::insufficient_funds);
}

TEST_F(Simulate, ASlotThatMovedIsAStateMismatch) {
    below.accounts[kTarget].storage[U256(8)] = 7;
    request.claims = {{kTarget, U256(8), U256(7)}};
    const auto unmoved = run();
    EXPECT_TRUE(unmoved.succeeded()) << unmoved.failure->reason;
    request.claims = {{kTarget, U256(8), U256(6)}};
    expect_failure(run(), FailCategory::state_mismatch);
}

TEST_F(Simulate, StateThatIsNotHereIsAMismatchAndIsListed) {
    state::HeadState head({eth::Hash{{{1}}}, 1});
    evm::Overlay state(head, codes);
    const auto result =
        simulate(state, evm::rules_at(block.chain_id, block.timestamp), block, request, settings);
    expect_failure(result, FailCategory::state_mismatch);
    EXPECT_FALSE(state.missing().empty());
}

TEST_F(Simulate, WhatDependsOnTheBuilderIsFlagged) {
    const auto coinbase = run_code("0x4100");
    EXPECT_TRUE(coinbase.succeeded());
    EXPECT_EQ(coinbase.flags, CandidateFlags{.reads_coinbase = true});
    const auto randao = run_code("0x4400");
    EXPECT_EQ(randao.flags, CandidateFlags{.reads_prevrandao = true});
    EXPECT_FALSE(run_code("0x00").flags.any());
}

TEST_F(Simulate, AnOldStateIsFlagged) {
    request.state_age_blocks = 1;
    EXPECT_EQ(run().flags, CandidateFlags{.stale_state = true});
    settings.oldest_state = 1;
    EXPECT_FALSE(run().flags.any());
}

TEST_F(Simulate, ATokenWhoseBalancesAreNowhereIsRefused) {
    put(kToken, "0x60056000526020600060f3"); // no return of a word
    expect_failure(run(), FailCategory::unknown);
}

} // namespace
} // namespace viz::sim
