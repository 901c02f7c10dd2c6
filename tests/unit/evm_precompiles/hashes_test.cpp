#include <gtest/gtest.h>

#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using test::call;
using test::price;

const std::string kAbc = "616263";

TEST(Sha256, GivesTheDigestsOfFips180) { // FIPS 180-4, example values
    EXPECT_EQ(call(2, ""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(call(2, kAbc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Ripemd160, GivesTheDigestsOfItsPaperAsWords) { // Dobbertin, Bosselaers, Preneel 1996
    const std::string zeros(24, '0');
    EXPECT_EQ(call(3, ""), zeros + "9c1185a5c5e9fc54612808977ee8f548b2258d31");
    EXPECT_EQ(call(3, kAbc), zeros + "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
}

TEST(Identity, CopiesItsInput) {
    EXPECT_EQ(call(4, ""), "");
    EXPECT_EQ(call(4, "00ff12"), "00ff12");
}

TEST(Hashes, ArePricedByTheStartedWord) { // Yellow Paper appendix E
    struct Price {
        std::uint16_t number;
        std::uint64_t base, word;
    };
    for (const auto& p : {Price{2, 60, 12}, Price{3, 600, 120}, Price{4, 15, 3}}) {
        EXPECT_EQ(price(p.number, {}), p.base);
        EXPECT_EQ(price(p.number, eth::Bytes(1)), p.base + p.word);
        EXPECT_EQ(price(p.number, eth::Bytes(32)), p.base + p.word);
        EXPECT_EQ(price(p.number, eth::Bytes(33)), p.base + 2 * p.word);
    }
}

// EIP-152's test vectors: the state of BLAKE2b-512 before "abc", its only block.
const std::string kState = "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
                           "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b";
const std::string kBlock = kAbc + std::string(250, '0');
const std::string kOffset = "03" + std::string(30, '0');

std::string blake2f_input(std::uint32_t rounds, const std::string& last) {
    return test::word(rounds, 8) + kState + kBlock + kOffset + last;
}

TEST(Blake2f, GivesTheVectorsOfEip152) {
    EXPECT_EQ(call(9, blake2f_input(0, "01")),
              "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
              "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b");
    EXPECT_EQ(call(9, blake2f_input(12, "01")),
              "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    EXPECT_EQ(call(9, blake2f_input(12, "00")),
              "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
              "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735");
}

TEST(Blake2f, CostsOneGasARound) {
    EXPECT_EQ(price(9, test::bytes(blake2f_input(0, "01"))), 0);
    EXPECT_EQ(price(9, test::bytes(blake2f_input(0xffffffff, "01"))), 0xffffffff);
}

TEST(Blake2f, RefusesOtherSizesAndFlags) {
    EXPECT_EQ(call(9, ""), "failed");
    const auto good = blake2f_input(1, "01");
    EXPECT_EQ(call(9, good.substr(2)), "failed");
    EXPECT_EQ(call(9, good + "00"), "failed");
    EXPECT_EQ(call(9, blake2f_input(1, "02")), "failed");
    EXPECT_EQ(call(9, blake2f_input(1, "ff")), "failed");
}

} // namespace
