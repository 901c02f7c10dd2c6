// From a pending transaction to a profit: what search finds is executed by Uniswap's contracts and
// brings what was computed, to the wei.
#include <gtest/gtest.h>

#include "tests/conformance/search/market.hpp"

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

} // namespace
} // namespace viz::search
