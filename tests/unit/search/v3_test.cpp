#include "components/search/amm/v3.hpp"

#include <gtest/gtest.h>

#include "components/search/amm/pool_storage.hpp"

namespace viz::search::amm {
namespace {

const auto kOne = U256(1) << 96; // the price 1
constexpr Uint128 kLiquidity = 1'000'000'000'000'000'000;

V3Curve two_positions() {
    // [-600, 600] and [60, 1200] of the same liquidity
    const auto l = static_cast<Int128>(kLiquidity);
    return {
        .fee_pips = 3000, .tick_spacing = 60, .ticks = {{-600, l}, {60, l}, {600, -l}, {1200, -l}}};
}

V3State at_one() {
    return {kOne, 0, kLiquidity};
}

TEST(V3, StopsAtInitializedTicksAndAtTheEndsOfBitmapWords) {
    const auto curve = two_positions();
    EXPECT_EQ(v3_next_stop(curve, 0, true).tick, 0); // the end of its own word
    EXPECT_EQ(v3_next_stop(curve, -1, true).tick, -600);
    EXPECT_EQ(v3_next_stop(curve, -600, true).tick, -600);
    EXPECT_EQ(v3_next_stop(curve, -601, true).tick, -256 * 60);
    EXPECT_EQ(v3_next_stop(curve, 0, false).tick, 60);
    EXPECT_EQ(v3_next_stop(curve, 60, false).tick, 600);
    EXPECT_EQ(v3_next_stop(curve, 1200, false).tick, 255 * 60);
    EXPECT_EQ(v3_next_stop(curve, 1200, false).initialized, nullptr);
    EXPECT_EQ(v3_next_stop(curve, 59, false).initialized, &curve.ticks[1]);
}

TEST(V3, LiquidityChangesWhereATickIsCrossed) {
    const auto curve = two_positions();
    const auto up = v3_swap(curve, at_one(), {false, true, U256(1) << 90, sqrt_ratio_at_tick(300)});
    ASSERT_TRUE(up);
    EXPECT_EQ(up->after, (V3State{sqrt_ratio_at_tick(300), 300, 2 * kLiquidity}));
    EXPECT_EQ(up->crossed, 1u);
    EXPECT_FALSE(up->complete);
    const auto down = v3_swap(curve, up->after, {true, true, U256(1) << 90, kOne});
    ASSERT_TRUE(down);
    EXPECT_EQ(down->after.liquidity, kLiquidity);
    EXPECT_EQ(down->after.sqrt_price, kOne);
}

TEST(V3, AnAmountComesBackSmallerByTheFees) {
    const auto curve = two_positions();
    const U256 amount(10'000'000'000'000'000);
    const auto there = v3_swap(curve, at_one(), {true, true, amount, {}});
    ASSERT_TRUE(there);
    EXPECT_EQ(there->amount_in, amount);
    EXPECT_EQ(there->fee, U256(30'000'000'000'000));
    const auto back = v3_swap(curve, there->after, {false, true, there->amount_out, {}});
    ASSERT_TRUE(back);
    EXPECT_LT(back->amount_out, amount - there->fee);
    // Exact out asks the same of the pool as exact in, within rounding.
    const auto exact = v3_swap(curve, at_one(), {true, false, there->amount_out, {}});
    ASSERT_TRUE(exact);
    EXPECT_LE(exact->amount_in, amount);
    EXPECT_LT(amount - exact->amount_in, U256(3));
}

// No pool gets there in one step, for steps end with a bitmap word: the formula by itself.
TEST(V3, APriceIsRoundedUpWhereAmountTimesPricePasses256Bits) {
    const auto price = U256(1) << 150;
    EXPECT_EQ(*price_after_input(price, Uint128{1} << 20, U256(1) << 120, true), U256(1));
    EXPECT_EQ(*price_after_input(price, Uint128{1} << 60, (U256(1) << 120) - U256(65), true),
              (U256(1) << 36) + U256(1));
    EXPECT_EQ(price_after_output(kOne, 1, U256(2), true).error(), SwapError::output_unreachable);
    EXPECT_EQ(price_after_output(kOne, 1, U256(1), false).error(), SwapError::output_unreachable);
}

TEST(V3, SaysWhenTheTicksItKnowsDoNotReach) {
    auto curve = two_positions();
    curve.known_low = -300;
    curve.known_high = 300;
    const auto inside = v3_swap(curve, at_one(), {true, true, U256(1000), {}});
    ASSERT_TRUE(inside);
    const auto outside = v3_swap(curve, at_one(), {true, true, U256(1) << 90, {}});
    ASSERT_FALSE(outside);
    EXPECT_EQ(outside.error(), SwapError::outside_known_ticks);
    const auto limited =
        v3_swap(curve, at_one(), {true, true, U256(1) << 90, sqrt_ratio_at_tick(-300)});
    EXPECT_TRUE(limited);
}

TEST(V3, RefusesWhatThePoolRefuses) {
    const auto curve = two_positions();
    EXPECT_EQ(v3_swap(curve, at_one(), {true, true, U256(), {}}).error(), SwapError::zero_amount);
    EXPECT_EQ(v3_swap(curve, V3State{}, {true, true, U256(1), {}}).error(),
              SwapError::not_initialized);
    EXPECT_EQ(v3_swap(curve, at_one(), {true, true, U256(1), kOne}).error(),
              SwapError::price_limit);
    EXPECT_EQ(v3_swap(curve, at_one(), {false, true, U256(1), kOne}).error(),
              SwapError::price_limit);
    EXPECT_EQ(v3_swap(curve, at_one(), {true, true, U256(1), min_sqrt_ratio()}).error(),
              SwapError::price_limit);
    auto broken = curve;
    broken.ticks[0].liquidity_net *= 5;
    EXPECT_EQ(v3_swap(broken, at_one(), {true, true, U256(1) << 90, {}}).error(),
              SwapError::liquidity_overflow);
}

TEST(PoolStorage, ReadsNegativeTicksAndLiquidity) {
    const auto word = (U256(0xfff224) << 160) | kOne;
    EXPECT_EQ(v3_state(word, U256(5)), (V3State{kOne, -3548, 5}));
    EXPECT_EQ(v3_tick(-60, eth::negate(U256(7)) << 128).liquidity_net, Int128{-7});
    EXPECT_EQ(v3_bitmap_position(-1, 60), -1);
    EXPECT_EQ(v3_bitmap_position(0, 60), 0);
    EXPECT_EQ(v3_ticks_in(U256(1) << 255, -1, 60), std::vector<std::int32_t>{-60});
    const auto reserves = v2_reserves((U256(9) << 224) | (U256(8) << 112) | U256(7));
    EXPECT_EQ(reserves.reserve0, U256(7));
    EXPECT_EQ(reserves.reserve1, U256(8));
    EXPECT_EQ(reserves.timestamp, 9u);
}

} // namespace
} // namespace viz::search::amm
