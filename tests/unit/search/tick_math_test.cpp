#include "components/search/amm/tick_math.hpp"

#include <gtest/gtest.h>

namespace viz::search::amm {
namespace {

TEST(TickMath, KnowsThePublishedEnds) {
    EXPECT_EQ(sqrt_ratio_at_tick(0), U256(1) << 96);
    EXPECT_EQ(sqrt_ratio_at_tick(kMinTick), U256(4295128739));
    EXPECT_EQ(sqrt_ratio_at_tick(kMaxTick),
              *eth::from_decimal("1461446703485210103287273052203988822378723970342"));
    EXPECT_EQ(sqrt_ratio_at_tick(kMinTick), min_sqrt_ratio());
    EXPECT_EQ(sqrt_ratio_at_tick(kMaxTick), max_sqrt_ratio());
}

TEST(TickMath, TicksAndRatiosAreInverseEverywhere) {
    auto before = min_sqrt_ratio();
    for (std::int32_t tick = kMinTick; tick < kMaxTick; tick += 7) {
        const auto ratio = sqrt_ratio_at_tick(tick);
        ASSERT_GE(ratio, before);
        ASSERT_EQ(tick_at_sqrt_ratio(ratio), tick);
        const auto next = sqrt_ratio_at_tick(tick + 1);
        ASSERT_GT(next, ratio);
        ASSERT_EQ(tick_at_sqrt_ratio(next - U256(1)), tick);
        before = next;
    }
}

// ratio^2 / 2^192 = 1.0001^tick: one tick up is 1.0001 times, within the ratio's own precision.
TEST(TickMath, OneTickIsABasisPoint) {
    for (std::int32_t tick = -500'000; tick < 500'000; tick += 997) {
        const auto low = sqrt_ratio_at_tick(tick);
        const auto high = sqrt_ratio_at_tick(tick + 1);
        const auto expected = product(low, low) * 10'001;
        const auto found = product(high, high) * 10'000;
        const auto error = expected > found ? expected - found : found - expected;
        EXPECT_LT(error / (low * U256(10'000)), U512(U256(4) + (low >> 80)));
    }
}

} // namespace
} // namespace viz::search::amm
