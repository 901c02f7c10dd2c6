#include "components/search/amm/v2.hpp"

#include <gtest/gtest.h>

#include "tests/support/random_words.hpp"

namespace viz::search::amm {
namespace {

// Uniswap, Pancake, a fork of 0.05 %, none at all.
constexpr V2Fee kFees[] = {{997, 1000}, {9975, 10000}, {9995, 10000}, {1, 1}};

TEST(V2, TakesWhatTheInvariantAllowsAndNotOneWeiMore) {
    for (const auto& fee : kFees)
        for (std::uint64_t in = 1; in < 400; in += 3) {
            const V2Side side{U256(1009), U256(2503), fee};
            const auto out = v2_amount_out(side, U256(in));
            ASSERT_TRUE(out);
            if (!eth::is_zero(*out)) {
                EXPECT_EQ(v2_refusal(side, U256(in), *out), std::nullopt);
            }
            EXPECT_EQ(v2_refusal(side, U256(in), *out + U256(1)), SwapError::invariant);
        }
}

TEST(V2, LeastInputIsTheLeastByTrial) {
    int below_router = 0;
    for (const auto& fee : kFees)
        for (std::uint64_t wanted = 1; wanted < 650; ++wanted) {
            const V2Side side{U256(1000), U256(600), fee};
            const auto least = v2_least_in(side, U256(wanted));
            if (wanted >= 600) {
                EXPECT_EQ(least.error(), SwapError::insufficient_liquidity);
                continue;
            }
            ASSERT_TRUE(least);
            EXPECT_GE(*v2_amount_out(side, *least), U256(wanted));
            const auto less = v2_amount_out(side, *least - U256(1));
            EXPECT_TRUE(!less || *less < U256(wanted));
            if (*least != *v2_amount_in(side, U256(wanted))) ++below_router;
        }
    EXPECT_GT(below_router, 0);
}

TEST(V2, RefusesWhatTheContractsRefuse) {
    const V2Side side{U256(1000), U256(1000), {}};
    EXPECT_EQ(v2_amount_out(side, U256()).error(), SwapError::zero_amount);
    EXPECT_EQ(v2_amount_out({U256(), U256(5), {}}, U256(1)).error(),
              SwapError::insufficient_liquidity);
    EXPECT_EQ(v2_amount_out(side, ~U256()).error(), SwapError::overflow);
    EXPECT_EQ(v2_amount_in(side, U256()).error(), SwapError::zero_amount);
    EXPECT_EQ(v2_amount_in(side, U256(1000)).error(), SwapError::insufficient_liquidity);
    EXPECT_EQ(v2_refusal(side, ~U256(), U256(1)), SwapError::overflow);
    EXPECT_EQ(v2_refusal(side, U256(1) << 112, U256(1)), SwapError::reserve_overflow);
    EXPECT_EQ(to_string(SwapError::reserve_overflow), "reserve_overflow");
}

TEST(V2, PathsAreHopAfterHop) {
    const V2Side sides[] = {{U256(1'000'000), U256(2'000'000), {}},
                            {U256(5'000'000), U256(1'000'000), {9975, 10000}}};
    U256 amounts[3];
    const auto out = v2_amounts_out(sides, U256(10'000), amounts);
    ASSERT_TRUE(out);
    EXPECT_EQ(amounts[0], U256(10'000));
    EXPECT_EQ(amounts[1], *v2_amount_out(sides[0], U256(10'000)));
    EXPECT_EQ(amounts[2], *v2_amount_out(sides[1], amounts[1]));
    EXPECT_EQ(*out, amounts[2]);
    U256 back[3];
    const auto in = v2_amounts_in(sides, *out, back);
    ASSERT_TRUE(in);
    EXPECT_LE(*in, U256(10'001));
    EXPECT_GE(*v2_amounts_out(sides, *in, amounts), *out);
    EXPECT_EQ(v2_amounts_out({}, U256(1), std::span(amounts, 1)).error(), SwapError::empty_path);
}

} // namespace
} // namespace viz::search::amm
