#include "components/search/amm/wide.hpp"

#include <gtest/gtest.h>

#include "tests/support/random_words.hpp"

namespace viz::search::amm {
namespace {

TEST(Wide, ProductsOf512BitsAreDividedExactly) {
    test::RandomWords random(test::seed_or(1));
    for (int i = 0; i < 2000; ++i) {
        const auto a = random.of_bits(0, 256);
        const auto b = random.of_bits(0, 256);
        const auto d = random.of_bits(1, 256);
        const auto down = mul_div(a, b, d);
        const auto up = mul_div_up(a, b, d);
        const auto whole = product(a, b);
        if (!down) {
            EXPECT_GE(whole / d, U512(~U256()) + U512(U256(1)));
            continue;
        }
        // whole = down * d + rest
        const auto rest = whole - product(*down, d);
        EXPECT_LT(rest, U512(d));
        if (!up)
            EXPECT_EQ(*down, ~U256());
        else
            EXPECT_EQ(*up - *down, U256(rest == U512() ? 0 : 1));
    }
}

TEST(Wide, DivisionByZeroAndResultsAbove256BitsAreNothing) {
    EXPECT_FALSE(mul_div(U256(1), U256(1), U256()));
    EXPECT_FALSE(mul_div_up(U256(1), U256(1), U256()));
    EXPECT_FALSE(mul_div(~U256(), U256(2), U256(1)));
    EXPECT_EQ(mul_div(~U256(), ~U256(), ~U256()), ~U256());
    // (2^256 - 1)^2 / (2^256 - 2) is 2^256 and a little: only its floor fits nowhere either.
    EXPECT_FALSE(mul_div_up(~U256(), ~U256(), ~U256() - U256(1)));
}

TEST(Wide, RootsAreTheGreatestThatFit) {
    test::RandomWords random(test::seed_or(2));
    EXPECT_EQ(isqrt(U512()), U256());
    EXPECT_EQ(isqrt(product(~U256(), ~U256())), ~U256());
    for (int i = 0; i < 2000; ++i) {
        const auto root = random.of_bits(1, 256);
        const auto square = product(root, root);
        EXPECT_EQ(isqrt(square), root);
        EXPECT_EQ(isqrt(square - U512(U256(1))), root - U256(1));
        EXPECT_EQ(isqrt(square + U512(root)), root);
    }
}

TEST(Wide, ShiftsAndLengthsAgree) {
    test::RandomWords random(test::seed_or(4));
    for (unsigned bits = 0; bits < 256; ++bits) {
        const auto v = random.of_bits(256);
        EXPECT_EQ(product(v, U256(1) << bits) >> bits, U512(v));
        EXPECT_EQ(bit_length(U512(U256(1) << bits)), bits + 1);
        EXPECT_EQ(bit_length(product(U256(1) << bits, U256(1) << 255)), bits + 256);
    }
    EXPECT_EQ(bit_length(U512()), 0u);
}

} // namespace
} // namespace viz::search::amm
