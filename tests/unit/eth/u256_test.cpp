#include <random>

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>

#include "components/eth/u256.hpp"

namespace viz::eth {
namespace {

using Big = boost::multiprecision::cpp_int;

Big big(const U256& v) {
    Big out;
    for (std::size_t i = 4; i-- > 0;) out = (out << 64) + v.limbs[i];
    return out;
}

const Big kModulus = Big(1) << 256;
const U256 kMax = U256() - U256(1);

// Random numbers of every length, and the ends.
std::vector<U256> samples() {
    std::mt19937_64 random(7);
    std::vector<U256> all{U256(), U256(1), kMax, kMax - U256(1)};
    for (int i = 0; i < 60; ++i) {
        U256 v;
        const auto limbs = random() % 4 + 1;
        for (std::size_t n = 0; n < limbs; ++n) v.limbs[n] = random();
        v.limbs[limbs - 1] >>= random() % 64;
        all.push_back(v);
    }
    return all;
}

TEST(U256, ComputesAsIntegersModuloTwoToThe256) {
    for (const auto& a : samples())
        for (const auto& b : samples()) {
            EXPECT_EQ(big(a + b), (big(a) + big(b)) % kModulus);
            EXPECT_EQ(big(a - b), (kModulus + big(a) - big(b)) % kModulus);
            EXPECT_EQ(big(a * b), big(a) * big(b) % kModulus);
            EXPECT_EQ(a < b, big(a) < big(b));
            EXPECT_EQ(a == b, big(a) == big(b));
        }
}

TEST(U256, CheckedFormsGiveNothingInsteadOfWrapping) {
    for (const auto& a : samples())
        for (const auto& b : samples()) {
            const auto sum = checked_add(a, b);
            EXPECT_EQ(sum.has_value(), big(a) + big(b) < kModulus);
            EXPECT_EQ(sum.value_or(a + b), a + b);
            const auto product = checked_mul(a, b);
            EXPECT_EQ(product.has_value(), big(a) * big(b) < kModulus);
            EXPECT_EQ(product.value_or(a * b), a * b);
        }
}

TEST(U256, DividesBySixtyFourBits) {
    for (const auto& a : samples())
        for (const std::uint64_t divisor : {1ULL, 2ULL, 10ULL, ~0ULL}) {
            const auto [quotient, remainder] = div_u64(a, divisor);
            EXPECT_EQ(big(quotient), big(a) / divisor);
            EXPECT_EQ(Big(remainder), big(a) % divisor);
        }
}

TEST(U256, WritesAndReadsDecimals) {
    for (const auto& a : samples()) {
        EXPECT_EQ(to_decimal(a), big(a).str());
        EXPECT_EQ(from_decimal(to_decimal(a)), a);
    }
    EXPECT_EQ(to_decimal(U256()), "0");
    EXPECT_EQ(from_decimal("007"), U256(7));
}

TEST(U256, RefusesDecimalsThatAreNoneOrTooLarge) {
    for (const auto* text : {"", " 1", "1 ", "-1", "+1", "1.0", "0x1", "1e3"})
        EXPECT_FALSE(from_decimal(text)) << text;
    EXPECT_TRUE(from_decimal(big(kMax).str()));
    EXPECT_FALSE(from_decimal(kModulus.str()));
    EXPECT_FALSE(from_decimal(std::string(100, '9')));
}

TEST(U256, IsBigEndianInBytes) {
    for (const auto& a : samples()) {
        const auto bytes = to_be(a);
        EXPECT_EQ(from_be(bytes), a);
        const auto length = byte_length(a);
        EXPECT_EQ(from_be(std::span(bytes).last(length)), a);
        EXPECT_TRUE(length == 0 || bytes[32 - length] != 0);
    }
    EXPECT_EQ(byte_length(U256()), 0u);
    EXPECT_EQ(byte_length(U256(255)), 1u);
    EXPECT_EQ(byte_length(U256(256)), 2u);
    EXPECT_EQ(byte_length(kMax), 32u);
}

} // namespace
} // namespace viz::eth
