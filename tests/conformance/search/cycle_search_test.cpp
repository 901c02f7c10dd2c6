// Cycles, back-runs and bundles found by search, executed by Uniswap's contracts: their profit is
// the one computed, to the wei.
#include <gtest/gtest.h>

#include "components/search/arb.hpp"
#include "components/search/backrun.hpp"
#include "components/search/bundle.hpp"
#include "components/state/rounds.hpp"
#include "tests/conformance/search/market.hpp"
#include "tests/conformance/search/search_once.hpp"
#include "tests/support/memory_source.hpp"

namespace viz::search {
namespace {

using test::ether;
using test::word_of;

class CycleSearch : public testing::Test {
  protected:
    test::Market market;
    eth::Address base{market.chain.token0};
    eth::Address other{market.chain.token1};
    eth::Address rival_factory{market.chain.deploy("v2-core/build/UniswapV2Factory", {U256()})};
    eth::Address pair{market.pair_of(market.factory, base, other, ether(1000), ether(2'000'000))};
    eth::Address trader{market.trader(1)};

    void SetUp() override {
        const auto code = eth::keccak256(test::creation_code("v2-core/build/UniswapV2Pair"));
        market.pools = PoolView({.v2_fees = {},
                                 .v2_factories = {{market.factory, code}, {rival_factory, code}},
                                 .v3_factories = {}});
    }
    void discover(const eth::Address& a, const eth::Address& b) {
        auto trial = market.make_trial();
        market.pools.discover(trial.machine(), a, b);
    }
    void expect_exact(const Candidate& one) {
        EXPECT_EQ(one.expected, one.computed);
        const auto result = market.simulate(one);
        ASSERT_TRUE(result.succeeded()) << result.failure->reason;
        EXPECT_EQ(result.profit, one.computed);
        EXPECT_EQ(result.waterfall.net, one.expected_net);
        EXPECT_TRUE(result.plainly_profitable());
    }
};

TEST_F(CycleSearch, TwoPoolsOutOfLineYieldTheArbWithItsExactProfit) {
    market.pair_of(rival_factory, base, other, ether(500), ether(1'100'000));
    discover(base, other);
    const auto found = market.find(ArbStrategy(), {});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].members.empty());
    expect_exact(found[0]);
}

TEST_F(CycleSearch, PoolsInLineYieldNone) {
    market.pair_of(rival_factory, base, other, ether(500), ether(1'002'000));
    discover(base, other);
    EXPECT_TRUE(market.find(ArbStrategy(), {}).empty());
}

TEST_F(CycleSearch, ThreePoolsOutOfLineYieldTheArbWithItsExactProfit) {
    const auto third = market.chain.deploy("v2-periphery/build/ERC20", {ether(10'000'000)});
    market.pair_of(market.factory, other, third, ether(1'000'000), ether(3'000'000));
    market.pair_of(market.factory, third, base, ether(3'000'000), ether(560));
    discover(base, other);
    discover(other, third);
    discover(third, base);
    const auto found = market.find(ArbStrategy(), {});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(std::get<Legs>(found[0].steps[0]).size(), 3U);
    expect_exact(found[0]);
}

TEST_F(CycleSearch, ASwapThatMovesAPairIsBackRunThroughAnother) {
    market.pair_of(rival_factory, base, other, ether(1000), ether(2'000'000));
    const auto tx = market.swap(trader, test::kExactIn, ether(50), U256(1), {base, other});
    EXPECT_TRUE(market.find(ArbStrategy(), {}).empty());
    const auto found = market.find(BackrunStrategy(), {tx});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].has(Reason::after_pending));
    expect_exact(found[0]);
}

TEST_F(CycleSearch, AnApprovalAndTheSwapThatNeedsItAreOneVictim) {
    const eth::Address fresh{{{0x0e, 0x0b}}};
    auto& state = market.chain.state();
    state.set_balance(state.load(fresh), ether(10));
    market.chain.must(base, "transfer(address,uint256)", {word_of(fresh), ether(100)});
    const auto approve = market.pending(
        fresh, base, test::calldata("approve(address,uint256)", {word_of(market.router), ~U256()}));
    auto swap = market.swap(fresh, test::kExactIn, ether(50), U256(1), {base, other});
    ++swap.tx.nonce;
    const SandwichStrategy sandwich;
    EXPECT_TRUE(market.find(sandwich, {approve, swap}).empty());
    const BundleStrategy bundle({&sandwich});
    EXPECT_TRUE(market.find(bundle, {swap}).empty());
    const auto found = market.find(bundle, {swap, approve}); // in any order
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].members.size(), 2U);
    EXPECT_EQ(found[0].steps.size(), 4U);
    EXPECT_TRUE(found[0].has(Reason::contiguous_nonces));
    expect_exact(found[0]);
}

TEST_F(CycleSearch, TheEngineRanksByNetProfitAndGivesTheSameAnswerTwice) {
    market.pair_of(rival_factory, base, other, ether(1000), ether(2'000'000));
    const auto second = market.trader(2);
    const std::vector<Pending> pending{
        market.swap(trader, test::kExactIn, ether(20), U256(1), {base, other}),
        market.swap(second, test::kExactIn, ether(30), U256(1), {base, other})};
    const std::vector<BaseToken> bases{{base, 1, 1, ether(100'000)}};
    const auto strategies = all_strategies();
    auto trial = market.make_trial();
    const auto once = search_once(trial, market.pools, bases, pending, strategies);
    const auto twice = search_once(trial, market.pools, bases, pending, strategies);
    // Two sandwiches and one of both, two back-runs.
    ASSERT_EQ(once.candidates.size(), 5U);
    EXPECT_EQ(once.moved_pools, 2U);
    ASSERT_EQ(twice.candidates.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
        const auto& a = once.candidates[i];
        EXPECT_EQ(a.steps, twice.candidates[i].steps);
        EXPECT_EQ(a.expected_net, twice.candidates[i].expected_net);
        EXPECT_GE(once.candidates[i == 0 ? 0 : i - 1].expected_net, a.expected_net);
        // All of them are about one pair: no two can be in one block.
        for (std::size_t j = 0; j < i; ++j) EXPECT_TRUE(conflict(a, once.candidates[j]));
    }
    const auto bounded = search_once(trial, market.pools, bases, pending, strategies, 1);
    ASSERT_EQ(bounded.candidates.size(), 1U);
    EXPECT_EQ(bounded.candidates[0].steps, once.candidates[0].steps) << "the best stays";
}

// As after a start: what search and simulation need is fetched round by round.
TEST_F(CycleSearch, FromAStateOfWhichNothingIsKnownTheSameIsFoundByRounds) {
    market.pair_of(rival_factory, base, other, ether(1000), ether(2'000'000));
    const std::vector<Pending> pending{
        market.swap(trader, test::kExactIn, ether(20), U256(1), {base, other})};
    const std::vector<BaseToken> bases{{base, 1, 1, ether(100'000)}};
    const auto strategies = all_strategies();
    auto warm = market.make_trial();
    const auto expected = search_once(warm, market.pools, bases, pending, strategies);
    ASSERT_FALSE(expected.candidates.empty());

    const auto below = market.chain.snapshot();
    test::MemorySource source(below);
    state::HeadState head({eth::Hash{{{1}}}, market.block.number - 1});
    evm::CodeCache codes;
    SetUp(); // pools are unknown again
    Findings findings;
    const auto rounds =
        state::run_in_rounds(head, codes, source, {.rounds = 60}, [&](evm::Overlay& state) {
            Trial trial(state, market.rules(), market.block);
            findings = search_once(trial, market.pools, bases, pending, strategies);
        });
    ASSERT_EQ(rounds.end, state::RoundsEnd::complete);
    ASSERT_EQ(findings.candidates.size(), expected.candidates.size());
    EXPECT_EQ(findings.candidates[0].expected_net, expected.candidates[0].expected_net);
    std::cout << rounds.runs << " runs, " << rounds.fetched << " fetched\n";

    sim::SimResult result;
    const auto request = market.request(findings.candidates[0]);
    const auto again = state::run_in_rounds(head, codes, source, {}, [&](evm::Overlay& state) {
        result = sim::simulate(state, market.rules(), market.block, request);
    });
    ASSERT_EQ(again.end, state::RoundsEnd::complete);
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, findings.candidates[0].expected);
}

// Nothing of a pool is kept that a rollback would not take back.
TEST_F(CycleSearch, PoolsMoveWithPendingSwapsAndBackWithARollback) {
    auto trial = market.make_trial();
    const Pool pool = *market.pools.pool(trial.machine(), evm::PoolKind::v2, pair);
    const auto reserves = [&] { return market.pools.read(trial.state(), pool).v2; };
    const auto before = reserves();
    const auto after = trial.without_trace([&] {
        trial.run(market.swap(trader, test::kExactIn, ether(20), U256(1), {base, other}));
        return reserves();
    });
    const amm::V2Side from_base = pool.token0 == base ? before : amm::v2_reversed(before);
    const auto moved =
        amm::v2_after(from_base, ether(20), *amm::v2_amount_out(from_base, ether(20)));
    EXPECT_EQ(after, pool.token0 == base ? moved : amm::v2_reversed(moved));
    EXPECT_EQ(reserves(), before);
}

TEST_F(CycleSearch, CandidatesOfUnrelatedPoolsDoNotConflict) {
    const auto third = market.chain.deploy("v2-periphery/build/ERC20", {ether(10'000'000)});
    market.pair_of(market.factory, third, base, ether(3'000'000), ether(1000));
    const auto second = market.trader(2);
    const auto found =
        market.find(SandwichStrategy(),
                    {market.swap(trader, test::kExactIn, ether(20), U256(1), {base, other}),
                     market.swap(second, test::kExactIn, ether(20), U256(1), {base, third})});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_FALSE(conflict(found[0], found[1]));
    EXPECT_TRUE(conflict(found[0], found[0]));
    // In one block after each other both bring what each of them says.
    auto both = market.request(found[0]);
    const auto more = market.request(found[1]);
    both.steps.insert(both.steps.end(), more.steps.begin(), more.steps.end());
    both.capital = std::max(both.capital, more.capital);
    const auto result = sim::simulate(market.chain.state(), market.rules(), market.block, both);
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, found[0].computed + found[1].computed);
}

} // namespace
} // namespace viz::search
