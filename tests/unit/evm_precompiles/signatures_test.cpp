#include <gtest/gtest.h>

#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using test::call;
using test::word;

// CallEcrecover0 of the official state tests (stPreCompiledContracts2).
const std::string kHash = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c";
const std::string kR = "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f";
const std::string kS = "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";
const std::string kSigner = "000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b";
const std::string kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

TEST(Ecrecover, NamesTheSigner) {
    EXPECT_EQ(call(1, kHash + word(28) + kR + kS), kSigner); // its s is above half the order
    EXPECT_EQ(call(1, kHash + word(28) + kR + kS + "ff"), kSigner);
    EXPECT_EQ(test::price(1, {}), 3000);
}

TEST(Ecrecover, GivesNothingForWhatIsNoSignature) {
    EXPECT_EQ(call(1, ""), "");
    EXPECT_EQ(call(1, kHash + word(28) + kR), ""); // s is zero
    EXPECT_EQ(call(1, kHash + word(28) + word(0) + kS), "");
    EXPECT_EQ(call(1, kHash + word(28) + kOrder + kS), "");
    EXPECT_EQ(call(1, kHash + word(28) + kR + kOrder), "");
    for (const auto v : {0, 1, 26, 29, 255, 256 + 28})
        EXPECT_EQ(call(1, kHash + word(static_cast<std::uint64_t>(v)) + kR + kS), "") << v;
    EXPECT_EQ(call(1, kHash + "01" + std::string(60, '0') + "1c" + kR + kS), "");
}

TEST(Ecrecover, TheOtherParityIsAnotherSigner) {
    const auto other = call(1, kHash + word(27) + kR + kS);
    EXPECT_EQ(other.size(), 64);
    EXPECT_NE(other, kSigner);
}

// RFC 6979 A.2.5: P-256, SHA-256, message "sample".
const std::string kP256Hash = "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf";
const std::string kP256R = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
const std::string kP256S = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
const std::string kP256X = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
const std::string kP256Y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const std::string kP256Prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const std::string kP256Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

TEST(P256Verify, SaysOneForASignature) {
    EXPECT_EQ(call(0x100, kP256Hash + kP256R + kP256S + kP256X + kP256Y), word(1));
    EXPECT_EQ(test::price(0x100, {}), 6900);
}

TEST(P256Verify, GivesNothingForWhatIsNoSignature) {
    const auto good = kP256Hash + kP256R + kP256S + kP256X + kP256Y;
    EXPECT_EQ(call(0x100, ""), "");
    EXPECT_EQ(call(0x100, good.substr(2)), "");
    EXPECT_EQ(call(0x100, good + "00"), "");
    EXPECT_EQ(call(0x100, kP256Hash + kP256S + kP256R + kP256X + kP256Y), "");
    for (const auto& bad : {word(0), kP256Order, std::string(64, 'f')}) {
        EXPECT_EQ(call(0x100, kP256Hash + bad + kP256S + kP256X + kP256Y), "");
        EXPECT_EQ(call(0x100, kP256Hash + kP256R + bad + kP256X + kP256Y), "");
    }
    for (const auto& bad : {word(0), word(1), kP256Prime, std::string(64, 'f')}) {
        EXPECT_EQ(call(0x100, kP256Hash + kP256R + kP256S + bad + kP256Y), "");
        EXPECT_EQ(call(0x100, kP256Hash + kP256R + kP256S + kP256X + bad), "");
    }
    EXPECT_EQ(call(0x100, kP256Hash + kP256R + kP256S + word(0) + word(0)), "");
}

} // namespace
