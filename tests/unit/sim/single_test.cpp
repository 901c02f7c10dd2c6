#include "components/sim/single.hpp"

#include <gmock/gmock.h>

#include "tests/support/memory_source.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::sim {
namespace {

using testing::Contains;
using testing::IsEmpty;

struct SingleSimulation : evm::Fixture {
    void with_code(const char* code) { fill(below, code); }
    Single run(const eth::Transaction& tx, const SingleLimits& limits = {}) {
        return simulate_single(head, codes, source, rules, block, tx, evm::kSender, limits);
    }
    test::MemoryState below;
    test::MemorySource source{below};
    state::HeadState head{{eth::Hash{{{0x01}}}, 0}};
};

TEST_F(SingleSimulation, ReportsWhatTheTransactionWouldDo) {
    with_code(evm::kCounter);
    const auto single = run(call(0));
    EXPECT_EQ(single.failed, std::nullopt);
    EXPECT_EQ(single.reason, "");
    EXPECT_GT(single.result.gas_used, 21'000u);
    EXPECT_GT(single.rounds.runs, 1u) << "state was asked for";
    EXPECT_THAT(source.planned, testing::ElementsAre(evm::kSender)) << "with what it is for";
    EXPECT_THAT(flags_of(single), IsEmpty());
}

TEST_F(SingleSimulation, LeavesTheHeadAsItWas) {
    with_code(evm::kCounter);
    run(call(0));
    const auto again = run(call(0));
    EXPECT_EQ(again.failed, std::nullopt);
    EXPECT_EQ(again.rounds.runs, 1u);
    eth::U256 counter;
    EXPECT_EQ(head.storage(evm::kContract, {}, counter), evm::Answer::here);
    EXPECT_EQ(counter, eth::U256{});
}

TEST_F(SingleSimulation, ARevertHasItsReason) {
    with_code("0x60006000fd");
    const auto single = run(call(0));
    EXPECT_EQ(single.failed, FailCategory::revert);
    EXPECT_EQ(single.reason, "no reason");
}

TEST_F(SingleSimulation, CausesOfFailureAreDistinguished) {
    with_code(evm::kCounter);
    auto cheap = call(0);
    cheap.gas_limit = eth::Gas(22'000);
    EXPECT_EQ(run(cheap).failed, FailCategory::out_of_gas);
    auto rich = call(0);
    rich.value = evm::kEther * 2U;
    EXPECT_EQ(run(rich).failed, FailCategory::insufficient_funds);
    auto other_chain = call(0);
    other_chain.gas_limit = eth::Gas(100);
    EXPECT_EQ(run(other_chain).failed, FailCategory::unknown);
    EXPECT_EQ(run(other_chain).reason, "gas_below_intrinsic");
}

TEST_F(SingleSimulation, AnEndlessLoopEndsByItsBudget) {
    with_code("0x5b600056");
    auto tx = call(0);
    tx.gas_limit = eth::Gas(15'000'000);
    EXPECT_EQ(run(tx, {.steps = 1'000}).failed, FailCategory::timeout);
}

TEST_F(SingleSimulation, OneBehindOthersOfItsSenderRunsAsIfTheyWereInAndSaysSo) {
    with_code(evm::kCounter);
    const auto single = run(call(3));
    EXPECT_EQ(single.failed, std::nullopt);
    EXPECT_THAT(flags_of(single), Contains("nonce_ahead"));
}

TEST_F(SingleSimulation, AUsedNonceIsAMismatch) {
    with_code(evm::kCounter);
    below.accounts[evm::kSender].nonce = 5;
    EXPECT_EQ(run(call(3)).failed, FailCategory::nonce_mismatch);
}

TEST_F(SingleSimulation, WithoutStateThereIsNoResult) {
    with_code(evm::kCounter);
    source.available = false;
    below.accounts.clear();
    const auto single = run(call(0));
    EXPECT_EQ(single.failed, FailCategory::state_mismatch);
    EXPECT_EQ(single.reason, "state_not_found");
}

TEST_F(SingleSimulation, BeyondALimitOfTheRunItIsATimeoutThatNamesTheLimit) {
    with_code(evm::kCounter);
    const auto rounds = run(call(0), {.rounds = {.rounds = 1}});
    EXPECT_EQ(rounds.failed, FailCategory::timeout);
    EXPECT_EQ(rounds.reason, "too_many_rounds");
    const auto missing = run(call(0), {.rounds = {.missing = 0}});
    EXPECT_EQ(missing.failed, FailCategory::timeout);
    EXPECT_EQ(missing.reason, "too_much_missing");
}

TEST_F(SingleSimulation, OverItsTimeOrStoppedItSaysSo) {
    with_code("0x5b600056");
    std::int64_t now = 0;
    evm::RunGuard in_time(
        {}, [&] { return now += 1'000'000; }, std::chrono::milliseconds(5));
    const auto late =
        simulate_single(head, codes, source, rules, block, call(0), evm::kSender, {}, &in_time);
    EXPECT_EQ(late.failed, FailCategory::timeout);
    EXPECT_EQ(late.reason, "out_of_time");
    std::stop_source stop;
    stop.request_stop();
    evm::RunGuard stopped(stop.get_token());
    const auto ended =
        simulate_single(head, codes, source, rules, block, call(0), evm::kSender, {}, &stopped);
    EXPECT_EQ(ended.reason, "stopped");
}

TEST_F(SingleSimulation, WhatDependsOnTheBuilderIsFlagged) {
    with_code("0x41444200"); // COINBASE PREVRANDAO TIMESTAMP
    EXPECT_THAT(flags_of(run(call(0))),
                testing::ElementsAre("reads_coinbase", "reads_prevrandao", "reads_timestamp"));
}

} // namespace
} // namespace viz::sim
