#include "components/sim/candidate.hpp"

#include <gmock/gmock.h>

#include "components/eth/transaction_rlp.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/support/opportunity_samples.hpp"

namespace viz::sim {
namespace {

bus::Candidate candidate() {
    auto made = test::sample_candidate();
    eth::Transaction tx;
    tx.type = eth::TxType::dynamic_fee;
    tx.nonce = 5;
    made.members[0].raw = eth::encode_transaction(tx);
    return made;
}

TEST(SimCandidate, StepsBecomeLegsAndMembersInTheirOrder) {
    const auto from = candidate();
    const auto request = request_of(from);
    ASSERT_TRUE(request);
    ASSERT_EQ(request->steps.size(), 2u);
    const auto& leg = std::get<SimLegs>(request->steps[0]).at(0);
    EXPECT_EQ(leg.kind, evm::PoolKind::v3);
    EXPECT_EQ(leg.pool, from.steps[0].legs[0].pool);
    EXPECT_EQ(leg.fee_numerator, 9975);
    EXPECT_EQ(leg.amount_in, from.steps[0].legs[0].amount_in);
    const auto& member = std::get<SimMember>(request->steps[1]);
    EXPECT_EQ(member.hash, from.members[0].hash);
    EXPECT_EQ(member.tx.nonce, 5u);
    EXPECT_EQ(request->capital, from.capital);
    EXPECT_EQ(request->wei_denominator, from.wei_denominator);
    EXPECT_TRUE(request->partial_ticks);
}

TEST(SimCandidate, AMemberThatIsNoTransactionIsNoRequest) {
    auto broken = candidate();
    broken.members[0].raw = {2, 1};
    EXPECT_FALSE(request_of(broken));
}

TEST(SimCandidate, ASuccessIsReportedWithItsProfitAndFlags) {
    CandidateRun run;
    run.result.profit = U256(9);
    run.result.waterfall = {U256(12), U256(1), U256(3), U256(2), U256(6)};
    run.result.own_gas = 200'000;
    run.result.flags.taxed_token = true;
    run.result.steps = {{.gas_used = 1, .coinbase_payment = {}, .logs = {{}, {}}},
                        {.gas_used = 2, .coinbase_payment = {}, .logs = {{}}}};
    run.result.robustness =
        Robustness{.base_fee_up = U256(5), .other_coinbase = U256(6), .competing_swap = {}};
    run.rounds.runs = 2;
    const auto reported = completed_of(run, test::address_of(7));
    EXPECT_TRUE(reported.success);
    EXPECT_THAT(reported.flags, testing::ElementsAre("taxed_token"));
    EXPECT_EQ(reported.log_count, 3u);
    EXPECT_EQ(reported.rounds, 2u);
    ASSERT_TRUE(reported.profit);
    EXPECT_EQ(reported.profit->net, U256(6));
    EXPECT_EQ(reported.profit->base_token, test::address_of(7));
    EXPECT_FALSE(reported.profit->plain) << "a flagged find is never shown as plain profit";
    EXPECT_EQ(reported.profit->net_base_fee_up, U256(5));
    EXPECT_FALSE(reported.profit->net_competing_swap);
}

TEST(SimCandidate, AFailureIsReportedWithoutAProfit) {
    CandidateRun run;
    run.result.failure = SimFailure{.category = FailCategory::revert,
                                    .step = 1,
                                    .invalid = {},
                                    .first_failure = {},
                                    .reason = "Error: no"};
    const auto reported = completed_of(run, {});
    EXPECT_FALSE(reported.success);
    EXPECT_EQ(reported.fail_category, "revert");
    EXPECT_EQ(reported.revert_reason, "Error: no");
    EXPECT_FALSE(reported.profit);
}

TEST(SimCandidate, AStateThatCannotBeHadIsAStateMismatch) {
    test::MemoryState nothing;
    test::MemorySource source(nothing);
    source.available = false;
    state::HeadState head({test::hash_of(1), 1});
    evm::CodeCache codes;
    evm::BlockEnvironment next;
    next.chain_id = eth::ChainId{1};
    next.gas_limit = 30'000'000;
    const auto run =
        simulate_candidate(head, codes, source, evm::rules_at(next.chain_id, 1'800'000'000), next,
                           *request_of(candidate()), {});
    ASSERT_TRUE(run.result.failure);
    EXPECT_EQ(run.result.failure->category, FailCategory::state_mismatch);
    EXPECT_EQ(run.result.failure->reason, "state_not_found");
    EXPECT_EQ(source.planned.size(), candidate().members.size())
        << "the members' transactions are what is known of it";
}

} // namespace
} // namespace viz::sim
