// From a pending transaction to a profit: what search finds is executed by Uniswap's contracts and
// brings what was computed, to the wei.
#include <gtest/gtest.h>

#include "components/evm/token_view.hpp"
#include "components/search/amm/pool_storage.hpp"
#include "tests/conformance/search/market.hpp"
#include "tests/support/random_words.hpp"

namespace viz::search {
namespace {

using test::ether;
using test::word_of;

class SandwichExecution : public testing::Test {
  protected:
    test::Market market;
    eth::Address base{market.chain.token0};
    eth::Address other{market.chain.token1};
    eth::Address pair{market.pair_of(market.factory, base, other, ether(1000), ether(2'000'000))};
    eth::Address victim{market.trader(1)};
    SandwichStrategy sandwich;

    // What the router would give now for that much of the base token.
    U256 quote(const U256& amount) {
        return *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, amount);
    }
};

TEST_F(SandwichExecution, AVictimWithSlackYieldsTheComputedProfitToTheWei) {
    const auto minimum = quote(ether(20)) * U256(97) / U256(100);
    const auto tx = market.swap(victim, test::kExactIn, ether(20), minimum, {base, other});
    const auto found = market.find(sandwich, {tx});
    ASSERT_EQ(found.size(), 1U);
    const auto& best = found[0];
    EXPECT_TRUE(best.has(Reason::victim_bound_found));
    EXPECT_FALSE(best.has(Reason::execution_differs));
    EXPECT_EQ(best.expected, best.computed);

    const auto result = market.simulate(best);
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, best.computed);
    EXPECT_EQ(result.waterfall.net, best.expected_net);
    EXPECT_FALSE(result.flags.any());
    EXPECT_TRUE(result.plainly_profitable());

    // One wei more before the victim, and it fails.
    auto more = market.request(best);
    std::get<sim::SimLegs>(more.steps[0])[0].amount_in = best.capital + U256(1);
    more.capital = best.capital + U256(1);
    const auto broken = sim::simulate(market.chain.state(), market.rules(), market.block, more);
    ASSERT_FALSE(broken.succeeded());
    EXPECT_EQ(broken.failure->category, sim::FailCategory::revert);
    EXPECT_EQ(broken.failure->step, 1U);
    EXPECT_EQ(broken.failure->reason, "Error: UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT");
}

TEST_F(SandwichExecution, RandomPoolsAndVictimsYieldWhatWasComputed) {
    test::RandomWords random(test::seed_or(11));
    int found_some = 0;
    for (int round = 0; round < 60; ++round) {
        SCOPED_TRACE(round);
        market.chain.must(base, "transfer(address,uint256)",
                          {word_of(pair), random.below(ether(300))});
        market.chain.must(other, "transfer(address,uint256)",
                          {word_of(pair), random.below(ether(500'000))});
        market.chain.must(pair, "sync()", {});
        const bool exact_in = random.one_in(2);
        const auto reserves = amm::v2_reserves(market.chain.storage(pair, U256(8)));
        const auto& x = base < other ? reserves.reserve0 : reserves.reserve1;
        const auto& y = base < other ? reserves.reserve1 : reserves.reserve0;
        const auto in = x / U256(20 + random.below(std::uint64_t{200}));
        const auto out = *amm::v2_amount_out({x, y, {}}, in);
        const U256 slack(random.below(std::uint64_t{40}));
        const auto tx = exact_in
                            ? market.swap(victim, test::kExactIn, in,
                                          out * (U256(1000) - slack) / U256(1000), {base, other})
                            : market.swap(victim, test::kExactOut, out,
                                          in * (U256(1000) + slack) / U256(1000), {base, other});
        for (const auto& one : market.find(sandwich, {tx})) {
            EXPECT_EQ(one.expected, one.computed);
            const auto result = market.simulate(one);
            ASSERT_TRUE(result.succeeded()) << result.failure->reason;
            EXPECT_EQ(result.profit, one.computed);
            EXPECT_EQ(result.waterfall.gross - result.waterfall.pool_fees - result.waterfall.gas -
                          result.waterfall.bribe,
                      result.waterfall.net);
            EXPECT_TRUE(one.has(Reason::victim_bound_found));
            ++found_some;
        }
    }
    std::cout << found_some << " of 60 victims yield a sandwich\n";
    EXPECT_GT(found_some, 20);
}

TEST_F(SandwichExecution, ATightMinimumYieldsNone) {
    const auto tx = market.swap(victim, test::kExactIn, ether(20), quote(ether(20)), {base, other});
    EXPECT_TRUE(market.find(sandwich, {tx}).empty());
}

TEST_F(SandwichExecution, AVictimTooSmallForThePoolsFeeYieldsNone) {
    const auto tx = market.swap(victim, test::kExactIn, ether(2), U256(1), {base, other});
    EXPECT_TRUE(market.find(sandwich, {tx}).empty());
}

TEST_F(SandwichExecution, AVictimThatSellsForTheBaseTokenHasNothingToTake) {
    const auto tx = market.swap(victim, test::kExactIn, ether(40'000), U256(1), {other, base});
    EXPECT_TRUE(market.find(sandwich, {tx}).empty());
}

TEST_F(SandwichExecution, AVictimWithoutABoundIsTakenAsFarAsItPays) {
    const auto tx = market.swap(victim, test::kExactIn, ether(20), U256(), {base, other});
    const auto found = market.find(sandwich, {tx});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].has(Reason::victim_without_bound));
    EXPECT_EQ(market.simulate(found[0]).profit, found[0].computed);
}

TEST_F(SandwichExecution, SeveralVictimsOfOnePoolAreTakenTogether) {
    const auto second = market.trader(2);
    const auto minimum = quote(ether(20)) * U256(90) / U256(100);
    const auto found = market.find(
        sandwich, {market.swap(victim, test::kExactIn, ether(20), minimum, {base, other}),
                   market.swap(second, test::kExactIn, ether(20), minimum, {base, other})});
    ASSERT_EQ(found.size(), 3U);
    const auto& both = found[2];
    EXPECT_TRUE(both.has(Reason::several_victims));
    ASSERT_EQ(both.members.size(), 2U);
    EXPECT_GT(both.expected_net, found[0].expected_net);
    const auto result = market.simulate(both);
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, both.computed);
    EXPECT_TRUE(conflict(both, found[0]));
}

TEST_F(SandwichExecution, AVictimOnAPathOfTwoPoolsIsTakenInOne) {
    const auto third = market.chain.deploy("v2-periphery/build/ERC20", {ether(10'000'000)});
    market.pair_of(market.factory, other, third, ether(2'000'000), ether(3'000'000));
    const auto path_out = [&](const U256& in) {
        return *amm::v2_amount_out({ether(2'000'000), ether(3'000'000), {}}, quote(in));
    };
    const auto tx = market.swap(victim, test::kExactIn, ether(20),
                                path_out(ether(20)) * U256(98) / U256(100), {base, other, third});
    const auto found = market.find(sandwich, {tx});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].has(Reason::victim_bound_found));
    EXPECT_EQ(market.simulate(found[0]).profit, found[0].computed);
}

// Whose calldata holds neither path nor bound in any form that is known to us.
TEST_F(SandwichExecution, AVictimOfAnUnknownRouterIsFoundByWhatItMoves) {
    const eth::Address router{{{0xab, 0xcd}}};
    evm::install_swapper(market.chain.state(), router);
    auto trial = market.make_trial();
    ASSERT_TRUE(evm::give_token(trial.machine(), base, router, ether(20)));
    const evm::SwapLeg leg{.pool = pair,
                           .token_in = base,
                           .token_out = other,
                           .zero_for_one = base < other,
                           .amount_in = evm::kEverything};
    const auto found =
        market.find(sandwich, {market.pending(victim, router, evm::swapper_call({&leg, 1}))});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].has(Reason::victim_without_bound));
    EXPECT_EQ(market.simulate(found[0]).profit, found[0].computed);
}

TEST_F(SandwichExecution, ATokenThatTakesAShareOfTransfersIsFoundOut) {
    const auto taxed = market.chain.deploy("v2-periphery/build/DeflatingERC20", {ether(9'000'000)});
    market.pair_of(market.factory, base, taxed, ether(1000), ether(2'000'000));
    const auto tx = market.pending(
        victim, market.router,
        test::calldata("swapExactTokensForTokensSupportingFeeOnTransferTokens(uint256,uint256,"
                       "address[],address,uint256)",
                       {ether(100), U256(1), U256(160), word_of(victim), ~U256(), U256(2),
                        word_of(base), word_of(taxed)}));
    const auto found = market.find(sandwich, {tx});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].has(Reason::execution_differs));
    EXPECT_LT(found[0].expected, found[0].computed);
    const auto result = market.simulate(found[0]);
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, found[0].expected);
    EXPECT_TRUE(result.flags.taxed_token);
    EXPECT_FALSE(result.plainly_profitable());
}

TEST_F(SandwichExecution, AHoneypotIsFoundOut) {
    const auto trap = market.chain.deploy("v2-periphery/build/ERC20", {ether(9'000'000)});
    const auto trap_pair =
        market.pair_of(market.factory, base, trap, ether(1000), ether(2'000'000));
    const auto tx = market.swap(victim, test::kExactIn, ether(20), U256(1), {base, trap});
    ASSERT_EQ(market.find(sandwich, {tx}).size(), 1U);
    market.make_honeypot(trap, trap_pair);
    EXPECT_TRUE(market.find(sandwich, {tx}).empty());

    // What it would have been, simulated: the selling fails, and the result says so.
    sim::SimRequest request{.base_token = base, .capital = ether(10), .claims = {}};
    evm::SwapLeg leg{.pool = trap_pair,
                     .token_in = base,
                     .token_out = trap,
                     .zero_for_one = base < trap,
                     .amount_in = ether(10)};
    request.steps.emplace_back(sim::SimLegs{leg});
    request.steps.emplace_back(sim::SimMember{tx.hash, tx.sender, tx.tx});
    std::swap(leg.token_in, leg.token_out);
    leg.zero_for_one = !leg.zero_for_one;
    leg.amount_in = evm::kEverything;
    request.steps.emplace_back(sim::SimLegs{leg});
    const auto result = sim::simulate(market.chain.state(), market.rules(), market.block, request);
    ASSERT_FALSE(result.succeeded());
    EXPECT_EQ(result.failure->category, sim::FailCategory::revert);
    EXPECT_EQ(result.failure->step, 2U);
    EXPECT_EQ(result.failure->reason, "Error: not for sale");
}

TEST_F(SandwichExecution, TheBandSaysWhatOtherCircumstancesLeave) {
    const auto minimum = quote(ether(20)) * U256(97) / U256(100);
    const auto found = market.find(
        sandwich, {market.swap(victim, test::kExactIn, ether(20), minimum, {base, other})});
    ASSERT_EQ(found.size(), 1U);
    const auto result = market.simulate(found[0]);
    ASSERT_TRUE(result.robustness);
    const auto& band = *result.robustness;
    const auto& fall = result.waterfall;
    EXPECT_EQ(*band.base_fee_up, fall.net - (fall.gas >> 3));
    EXPECT_EQ(*band.other_coinbase, fall.net);
    // Somebody else's half of it before ours, and the victim's minimum is passed.
    EXPECT_FALSE(band.competing_swap);
    EXPECT_FALSE(band.holds());
}

TEST_F(SandwichExecution, SearchAndSimulationLeaveTheStateAsItWas) {
    const auto tx = market.swap(victim, test::kExactIn, ether(20), U256(1), {base, other});
    const auto before = market.chain.storage(pair, U256(8));
    const auto nonce = tx.tx.nonce;
    for (const auto& one : market.find(sandwich, {tx})) market.simulate(one);
    EXPECT_EQ(market.chain.storage(pair, U256(8)), before);
    EXPECT_EQ(market.chain.state().account(market.chain.state().load(victim)).now.nonce, nonce);
}

} // namespace
} // namespace viz::search
