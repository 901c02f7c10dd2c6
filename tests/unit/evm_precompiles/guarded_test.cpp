// The contracts that may take seconds within a block's gas: in parts they give what they give at
// once, and an interrupted guard ends them within a part.
#include <gtest/gtest.h>

#include <chrono>

#include "components/evm/run_guard.hpp"
#include "tests/unit/evm_precompiles/calls.hpp"

namespace viz::evm {
namespace {

using test::word;

struct Long {
    const char* name;
    std::uint16_t number;
    std::string input; // digits
    Fork fork{Fork::cancun};
};
void PrintTo(const Long& call, std::ostream* out) {
    *out << call.name;
}

std::string repeated(const std::string& digits, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += digits;
    return all;
}

// `exponent` bytes, the first of them 0xa5 each, the rest absent and so zero.
std::string modexp_of(std::size_t exponent, std::size_t given, const std::string& modulus) {
    return word(2) + word(exponent) + word(modulus.size() / 2) + "1235" + repeated("a5", given) +
           repeated("00", exponent - given) + modulus;
}

// EIP-152's first whole vector, with other rounds.
std::string blake2f_of(std::uint64_t rounds) {
    return word(rounds, 8) +
           "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2"
           "b"
           "8c68059b6bbd41fbabd9831f79217e1319cde05b616263" +
           repeated("00", 125) + "0300000000000000000000000000000001";
}

// The generators of EIP-197.
const std::string kPair = word(1) + word(2) +
                          "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                          "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                          "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                          "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

struct PrecompileInParts : testing::TestWithParam<Long> {
    eth::Bytes input() const { return test::bytes(GetParam().input); }
    const Precompile& contract() const {
        return test::contract(GetParam().number, GetParam().fork);
    }
};

TEST_P(PrecompileInParts, GivesWhatItGivesAtOnce) {
    RunGuard never;
    eth::Bytes at_once;
    eth::Bytes in_parts;
    ASSERT_TRUE(contract().run(input(), GetParam().fork, at_once));
    ASSERT_TRUE(contract().run_guarded(input(), GetParam().fork, in_parts, never));
    EXPECT_EQ(in_parts, at_once);
}

TEST_P(PrecompileInParts, EndsWhenItsTimeIsOver) {
    std::int64_t looks = 0;
    RunGuard guard(
        {}, [&] { return ++looks; }, std::chrono::nanoseconds(2));
    eth::Bytes output;
    EXPECT_FALSE(contract().run_guarded(input(), GetParam().fork, output, guard));
    EXPECT_LE(looks, 4) << "and looks at the clock no more";
}

INSTANTIATE_TEST_SUITE_P(
    All, PrecompileInParts,
    testing::Values(Long{"ModexpOfOneWord", 5, modexp_of(200'000, 200'000, "fffffffffffffff1")},
                    Long{"ModexpWithAnExponentOfZerosButForItsHead", 5,
                         modexp_of(300'000, 33, "fffffffffffffff1")},
                    Long{"ModexpOfAnEvenModulus", 5, modexp_of(3'000, 3'000, repeated("fc", 256))},
                    Long{"ModexpOf1024Bytes", 5, modexp_of(400, 400, repeated("fb", 1024))},
                    Long{"Blake2f", 9, blake2f_of(3'000'003)},
                    Long{"Bn254Pairing", 8, repeated(kPair, 200)}),
    [](const auto& tested) { return tested.param.name; });

TEST(PrecompileInParts, OfPairsWhoseProductIsOneIsOne) {
    const std::string minus = word(1) +
                              "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45" +
                              kPair.substr(128);
    RunGuard never;
    eth::Bytes output;
    const auto input = test::bytes(repeated(kPair, 90) + repeated(minus, 90));
    ASSERT_TRUE(test::contract(8).run_guarded(input, Fork::osaka, output, never));
    EXPECT_EQ(eth::to_hex(output).substr(2), word(1));
}

// What is bought for the gas of a block of a chain without a cap on a transaction.
TEST(PrecompileInParts, IsStoppedSoonWhateverGasItHas) {
    const auto input =
        test::bytes(word(2) + word(50'000'000) + word(8) + "1235" + repeated("ff", 32));
    auto whole = input; // an odd modulus behind 50 MB of exponent
    whole.resize(96 + 2 + 50'000'000, 0);
    whole.insert(whole.end(), {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf1});
    const auto now = [] { return std::chrono::steady_clock::now().time_since_epoch().count(); };
    RunGuard guard({}, now, std::chrono::milliseconds(100));
    eth::Bytes output;
    const auto began = now();
    EXPECT_FALSE(test::contract(5, Fork::cancun).run_guarded(whole, Fork::cancun, output, guard));
    const auto took_ms = (now() - began) / 1'000'000;
    RecordProperty("took_ms", std::to_string(took_ms));
    EXPECT_LT(took_ms, 10'000);
}

} // namespace
} // namespace viz::evm
