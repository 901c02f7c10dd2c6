// A chain's search as it goes on, over Uniswap's contracts: what a new transaction makes possible
// is found at once, once, and with what it exposes its sender to.
#include "components/eth/u256_math.hpp"
#include "components/search/candidate_message.hpp"
#include "components/sim/candidate.hpp"
#include "tests/conformance/search/hunt_bench.hpp"

namespace viz::search {
namespace {

using test::ether;

class HuntTest : public test::HuntBench {
  protected:
    U256 quote(const U256& amount) {
        return *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, amount);
    }
    Pending victim_swap(std::uint8_t trader, std::uint64_t percent_of_fair) {
        const auto minimum = quote(ether(20)) * U256(percent_of_fair) / U256(100);
        return market.swap(market.trader(trader), test::kExactIn, ether(20), minimum,
                           {base, other});
    }
};

TEST_F(HuntTest, ANewTransactionIsFoundOnceAndAgainOnTheNextHead) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    const auto found = add(tx);
    ASSERT_EQ(found.rounds.end, state::RoundsEnd::complete);
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].strategy, "sandwich");
    EXPECT_EQ(found.moved_pools, 1u);
    EXPECT_TRUE(hunt.on_transaction(world(), tx.hash).candidates.empty());
    new_head(2);
    EXPECT_EQ(hunt.on_head(world()).candidates.size(), 1u);
}

TEST_F(HuntTest, WhatItHandsOnSimulatesToTheSameProfit) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    const auto found = add(tx);
    ASSERT_EQ(found.candidates.size(), 1u);
    const auto& candidate = found.candidates[0];
    const auto message =
        message_of(candidate, hunt.base_of(candidate),
                   {market.block.chain_id, world().head.block, market.block.base_fee, {}}, 0, 1);
    const auto request = sim::request_of(message);
    ASSERT_TRUE(request);
    const auto w = world();
    const auto run = sim::simulate_candidate(*w.head.state, w.codes, w.source, market.rules(),
                                             market.block, *request, {});
    ASSERT_TRUE(run.result.succeeded()) << run.result.failure->reason;
    EXPECT_EQ(run.result.profit, candidate.expected);
    EXPECT_EQ(run.result.waterfall.net, candidate.expected_net);
}

TEST_F(HuntTest, ASecondVictimOfThePoolIsFoundTogetherWithTheFirst) {
    const auto first = victim_swap(1, 97);
    const auto second = victim_swap(2, 90);
    new_head(1);
    add(first);
    const auto found = add(second);
    // Its own sandwich, and one of both; the first one's is not found again.
    ASSERT_EQ(found.candidates.size(), 2u);
    EXPECT_EQ(std::max(found.candidates[0].members.size(), found.candidates[1].members.size()), 2u);
}

TEST_F(HuntTest, AnUnwantedCallIsRunOnlyBeforeItsSendersOwn) {
    const auto trader = market.trader(1);
    const auto allowance =
        test::calldata("approve(address,uint256)", {test::word_of(market.router), U256(1)});
    auto approve = market.pending(trader, base, allowance);
    auto tx = victim_swap(2, 97);
    new_head(1);
    EXPECT_EQ(add(approve, false).observed, 1u);
    EXPECT_EQ(add(tx).observed, 1u) << "another sender's";
    hunt.settle(trader, approve.tx.nonce);
    EXPECT_EQ(hunt.mempool().size(), 1u);
    new_head(2);
    EXPECT_EQ(hunt.on_head(world()).observed, 1u);
}

TEST_F(HuntTest, AReplacedVictimIsNoLongerSearched) {
    auto tx = victim_swap(1, 97);
    new_head(1);
    add(tx);
    auto replacement = market.pending(tx.sender, market.router, {1, 2, 3, 4});
    hunt.add({.pending = replacement, .wanted = true});
    new_head(2);
    EXPECT_TRUE(hunt.on_head(world()).candidates.empty());
}

TEST_F(HuntTest, WhatIsForgottenIsSearchedOnlyWhenItComesAgain) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    add(tx);
    hunt.forget(tx.hash);
    EXPECT_EQ(hunt.mempool().size(), 0u);
    new_head(2);
    EXPECT_TRUE(hunt.on_head(world()).candidates.empty());
    EXPECT_EQ(add(tx).candidates.size(), 1u);
}

TEST_F(HuntTest, WhatASwapCanLoseIsExactAndItsProtectingMinimumProtects) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    const auto found = add(tx);
    ASSERT_EQ(found.candidates.size(), 1u);
    const auto exposures = hunt.exposures(world());
    ASSERT_EQ(exposures.size(), 1u);
    const auto& exposed = exposures[0];
    EXPECT_EQ(exposed.hash, tx.hash);
    EXPECT_EQ(exposed.pool, pair);
    EXPECT_EQ(exposed.amount_out, quote(ether(20)));
    // The best sandwich leaves the victim its minimum, but for the last wei of rounding.
    const auto minimum = quote(ether(20)) * U256(97) / U256(100);
    EXPECT_GE(exposed.least_out, minimum);
    EXPECT_LT(exposed.least_out - minimum, ether(1) / U256(1'000));
    EXPECT_EQ(exposed.loss(), exposed.amount_out - exposed.least_out);
    EXPECT_EQ(exposed.attacker_net, found.candidates[0].expected_net);
    ASSERT_TRUE(exposed.protecting_out);
    EXPECT_GT(*exposed.protecting_out, minimum);

    const auto with_minimum = [&](std::uint8_t trader, const U256& least) {
        return market.swap(market.trader(trader), test::kExactIn, ether(20), least, {base, other});
    };
    const auto safe = with_minimum(3, *exposed.protecting_out);
    const auto loss = exposed.loss();
    const auto unsafe = with_minimum(4, *exposed.protecting_out - loss / U256(100'000));
    new_head(2);
    hunt.settle(tx.sender, tx.tx.nonce);
    EXPECT_TRUE(add(safe).candidates.empty());
    const auto none = hunt.exposures(world());
    ASSERT_EQ(none.size(), 1u);
    EXPECT_EQ(none[0].loss(), U256());
    EXPECT_FALSE(none[0].protecting_out);
    hunt.settle(safe.sender, safe.tx.nonce);
    EXPECT_FALSE(add(unsafe).candidates.empty());
}

TEST_F(HuntTest, AStateThatCannotBeHadFindsNothingAndIsTriedAgain) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    test::MemoryState nothing;
    test::MemorySource away(nothing);
    away.available = false;
    auto w = world();
    hunt.add({.pending = tx, .wanted = true});
    const auto failed = hunt.on_transaction({w.head, w.codes, away}, tx.hash);
    EXPECT_EQ(failed.rounds.end, state::RoundsEnd::state_not_found);
    EXPECT_TRUE(failed.candidates.empty());
    EXPECT_TRUE(hunt.exposures(w).empty());
}

} // namespace
} // namespace viz::search
