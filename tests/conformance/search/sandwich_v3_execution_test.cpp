// Sandwiches around victims of Uniswap's SwapRouter in a V3 pool, across ticks.
#include <gtest/gtest.h>

#include "components/search/arb.hpp"
#include "tests/conformance/search/market.hpp"

namespace viz::search {
namespace {

using test::ether;
using test::word_of;

class SandwichV3Execution : public testing::Test {
  protected:
    test::Market market;
    eth::Address base{market.chain.token0};
    eth::Address other{market.chain.token1};
    eth::Address factory{market.chain.deploy(
        "v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory", {})};
    eth::Address router{
        market.chain.deploy("v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter",
                            {word_of(factory), word_of(market.chain.trader)})};
    eth::Address pool;
    eth::Address victim{market.trader(1)};
    SandwichStrategy sandwich;

    void SetUp() override {
        pool = test::output_address(market.chain.must(factory, "createPool(address,address,uint24)",
                                                      {word_of(base), word_of(other), U256(500)}));
        market.chain.must(pool, "initialize(uint160)", {U256(1) << 96});
        for (const std::int32_t width : {20, 60, 200, 600, 6000, 60'000})
            market.chain.must(pool, "mint(address,int24,int24,uint128,bytes)",
                              {word_of(market.chain.trader), word_of(-width), word_of(width),
                               ether(20'000), U256(160), U256()});
        market.approve(victim, base, router);
        market.approve(victim, other, router);
    }
    Pending swap(const char* signature, const U256& amount, const U256& bound) {
        return market.pending(
            victim, router,
            test::calldata(signature, {word_of(base), word_of(other), U256(500), word_of(victim),
                                       ~U256(), amount, bound, U256()}));
    }
    static constexpr auto kSingleIn = "exactInputSingle((address,address,uint24,address,uint256,"
                                      "uint256,uint256,uint160))";
    static constexpr auto kSingleOut = "exactOutputSingle((address,address,uint24,address,uint256,"
                                       "uint256,uint256,uint160))";
    void expect_exact(const std::vector<Candidate>& found) {
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].expected, found[0].computed);
        EXPECT_FALSE(found[0].has(Reason::victim_without_bound));
        const auto result = market.simulate(found[0]);
        ASSERT_TRUE(result.succeeded()) << result.failure->reason;
        EXPECT_EQ(result.profit, found[0].computed);
        EXPECT_FALSE(found[0].has(Reason::partial_ticks));
        EXPECT_TRUE(result.plainly_profitable());
    }
};

TEST_F(SandwichV3Execution, ExactInputAcrossTicks) {
    const auto tx = swap(kSingleIn, ether(2000), ether(1800));
    expect_exact(market.find(sandwich, {tx}));
}

TEST_F(SandwichV3Execution, WhatMeetsTheEndOfTheTicksThatWereReadSaysSo) {
    market.pools =
        PoolView({.v2_fees = {}, .v2_factories = {}, .v3_factories = {}, .bitmap_words = 1});
    const auto found = market.find(sandwich, {swap(kSingleIn, ether(2000), U256(1))});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].has(Reason::partial_ticks));
    const auto result = market.simulate(found[0]);
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, found[0].computed) << "right, as far as it goes";
    EXPECT_TRUE(result.flags.partial_ticks);
    EXPECT_FALSE(result.plainly_profitable());
}

TEST_F(SandwichV3Execution, ExactOutputAcrossTicks) {
    const auto tx = swap(kSingleOut, ether(1500), ether(1700));
    expect_exact(market.find(sandwich, {tx}));
}

TEST_F(SandwichV3Execution, ATightMinimumYieldsNone) {
    auto trial = market.make_trial();
    const auto seen = observe(trial, market.pools, swap(kSingleIn, ether(2000), U256(1)));
    ASSERT_EQ(seen.pools.size(), 1U);
    EXPECT_EQ(seen.pools[0].pool.fee_pips, 500U);
    EXPECT_EQ(seen.pools[0].amount_in, ether(2000));
    EXPECT_TRUE(
        market.find(sandwich, {swap(kSingleIn, ether(2000), seen.pools[0].amount_out)}).empty());
}

TEST_F(SandwichV3Execution, AV3PoolAndAPairOutOfLineYieldTheArb) {
    market.pair_of(market.factory, base, other, ether(10'000), ether(10'700));
    auto trial = market.make_trial();
    market.pools = PoolView(
        {.v2_fees = {},
         .v2_factories = {{market.factory,
                           eth::keccak256(test::creation_code("v2-core/build/UniswapV2Pair"))}},
         .v3_factories = {
             {factory, eth::keccak256(test::creation_code("v3-core/artifacts/contracts/"
                                                          "UniswapV3Pool.sol/UniswapV3Pool"))}}});
    market.pools.discover(trial.machine(), base, other);
    const auto found = market.find(ArbStrategy(), {});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].expected, found[0].computed);
    const auto result = market.simulate(found[0]);
    ASSERT_TRUE(result.succeeded()) << result.failure->reason;
    EXPECT_EQ(result.profit, found[0].computed);
}

} // namespace
} // namespace viz::search
