#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using evm::Fork;
using test::call;
using test::word;

constexpr auto kUnpayable = std::numeric_limits<std::uint64_t>::max();

std::string sized(const std::string& base, const std::string& exponent,
                  const std::string& modulus) {
    return word(base.size() / 2) + word(exponent.size() / 2) + word(modulus.size() / 2) + base +
           exponent + modulus;
}

std::uint64_t price(const std::string& digits, Fork fork) {
    return test::price(5, test::bytes(digits), fork);
}

// EIP-198's examples; the prime is that of secp256k1.
const std::string kPrime = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
const std::string kPrimeLess1 = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e";

TEST(Modexp, GivesTheExamplesOfEip198) {
    EXPECT_EQ(call(5, sized("03", kPrimeLess1, kPrime)), word(1)); // Fermat's little theorem
    EXPECT_EQ(call(5, sized("", kPrimeLess1, kPrime)), word(0));   // 0 to a power that is not 0
    // Absent bytes are zero on the right: 3 ^ 0xffff mod 2^255.
    EXPECT_EQ(call(5, word(1) + word(2) + word(32) + "03ffff80"),
              "3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab");
    EXPECT_EQ(call(5, word(1) + word(2) + word(32) + "03ffff80" + std::string(62, '0') + "07"),
              "3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab");
}

TEST(Modexp, TheOutputIsAsLongAsTheModulus) {
    EXPECT_EQ(call(5, ""), "");
    EXPECT_EQ(call(5, sized("03", "02", "")), "");
    EXPECT_EQ(call(5, sized("03", "02", "0000ff")), "000009");
    EXPECT_EQ(call(5, sized("03", "", "05")), "01"); // anything to the power of 0, even 0
    EXPECT_EQ(call(5, sized("", "", "05")), "01");
}

TEST(Modexp, ModuloZeroAndOneIsZero) {
    EXPECT_EQ(call(5, sized("03", "02", "0000")), "0000");
    EXPECT_EQ(call(5, sized("03", "", "00")), "00");
    EXPECT_EQ(call(5, sized("03", "", "01")), "00");
}

TEST(Modexp, ALengthPastAnyInputCostsMoreThanThereIs) {
    const std::string huge(64, 'f');
    for (const auto fork : {Fork::paris, Fork::osaka}) {
        EXPECT_EQ(price(huge + word(1) + word(1), fork), kUnpayable);
        EXPECT_EQ(price(word(1) + huge + word(1), fork), kUnpayable);
        EXPECT_EQ(price(word(1) + word(1) + huge, fork), kUnpayable);
        EXPECT_EQ(price(word(0xffffffffffffffff) + word(0) + word(1), fork), kUnpayable);
    }
    EXPECT_EQ(price(word(0) + huge + word(0), Fork::prague), 200);
    EXPECT_EQ(call(5, word(0) + huge + word(0), Fork::prague), "");
}

TEST(Modexp, OsakaTakesOperandsOf1024Bytes) { // EIP-7823
    const std::string most(2048, '1');
    const auto over = most + "11";
    EXPECT_NE(call(5, sized(most, "03", most)), "failed");
    EXPECT_NE(call(5, sized("03", most, "05")), "failed");
    for (const auto& input :
         {sized(over, "03", "05"), sized("03", over, "05"), sized("03", "03", over)}) {
        EXPECT_EQ(call(5, input), "failed");
        EXPECT_EQ(price(input, Fork::osaka), kUnpayable);
        EXPECT_NE(call(5, input, Fork::prague), "failed");
    }
}

TEST(Modexp, IsPricedByLengthsAndTheExponentsHead) { // EIP-2565, EIP-7883
    const std::string one(2, '1');
    const std::string word32(64, '1'), word33(66, '1');
    struct Case {
        std::string input;
        std::uint64_t prague, osaka;
    };
    const Case cases[] = {
        {"", 200, 500},
        {sized(one, one, one), 200, 500},
        // 4 words: 16; 255 iterations.
        {sized(word32, kPrime, word32), 16 * 255 / 3, 16 * 255},
        // 5 words: 25, doubled; 255 iterations.
        {sized(word33, kPrime, one), 25 * 255 / 3, 50 * 255},
        {sized(one, kPrime, word33), 25 * 255 / 3, 50 * 255},
        // Exponents of 33 bytes: the head's bits, and 8 or 16 for the byte beyond.
        {sized(word32, kPrime + "ff", word32), 16 * (255 + 8) / 3, 16 * (255 + 16)},
        {sized(word32, std::string(64, '0') + "ff", word32), 200, 500},
        {sized(word32, std::string(164, '0'), word32), 16 * 8 * 50 / 3, 16 * 16 * 50},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(price(c.input, Fork::shanghai), c.prague) << c.input;
        EXPECT_EQ(price(c.input, Fork::prague), c.prague) << c.input;
        EXPECT_EQ(price(c.input, Fork::osaka), c.osaka) << c.input;
    }
}

// Square and multiply, by one limb: no code shared with the contract.
std::uint64_t small_power(std::uint64_t base, std::uint64_t exponent, std::uint64_t modulus) {
    eth::Uint128 result = 1 % modulus;
    eth::Uint128 square = base % modulus;
    for (; exponent != 0; exponent >>= 1, square = square * square % modulus)
        if ((exponent & 1) != 0) result = result * square % modulus;
    return static_cast<std::uint64_t>(result);
}

TEST(Modexp, AgreesWithSquareAndMultiply) {
    std::mt19937_64 random(5);
    for (int i = 0; i < 500; ++i) {
        const auto base = random() >> (random() % 64);
        const auto exponent = random() >> (random() % 64);
        const auto modulus = (random() >> (random() % 64)) | 1U << (random() % 2);
        EXPECT_EQ(call(5, sized(word(base), word(exponent, 16), word(modulus, 32))),
                  word(small_power(base, exponent, modulus), 32));
    }
}

} // namespace
