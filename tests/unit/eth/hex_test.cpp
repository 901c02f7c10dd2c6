#include <gtest/gtest.h>

#include "components/eth/hex.hpp"

namespace viz::eth {
namespace {

TEST(Hex, WritesLowerCaseAndReadsBothCases) {
    const Bytes bytes{0x00, 0x0f, 0xa0, 0xff};
    EXPECT_EQ(to_hex(bytes), "0x000fa0ff");
    EXPECT_EQ(bytes_from_hex("0x000fa0ff"), bytes);
    EXPECT_EQ(bytes_from_hex("0X000FA0FF"), bytes);
    EXPECT_EQ(bytes_from_hex("0x"), Bytes{});
    std::string out = "a=";
    append_hex(out, bytes);
    EXPECT_EQ(out, "a=0x000fa0ff");
}

TEST(Hex, RoundTripsEveryByte) {
    Bytes all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
    EXPECT_EQ(bytes_from_hex(to_hex(all)), all);
}

TEST(Hex, RefusesWhatIsNotData) {
    for (const auto* text : {"", "0", "00", "x00", "0x0", "0x0g", "0x 0", "0x000", "1x00"})
        EXPECT_FALSE(bytes_from_hex(text)) << text;
    for (const char c : {'/', ':', '@', 'G', '`', 'g', '\0', '\x80', '\xff'})
        EXPECT_FALSE(bytes_from_hex(std::string("0x0") + c)) << static_cast<int>(c);
}

TEST(Hex, FixedSizesAreExact) {
    const std::string hash = "0x" + std::string(64, 'a');
    ASSERT_TRUE(hash_from_hex(hash));
    EXPECT_EQ(to_hex(hash_from_hex(hash)->view()), hash);
    EXPECT_FALSE(hash_from_hex(hash + "aa"));
    EXPECT_FALSE(hash_from_hex("0x" + std::string(62, 'a')));
    EXPECT_FALSE(hash_from_hex("0x" + std::string(63, 'a')));
    EXPECT_TRUE(address_from_hex("0x" + std::string(40, '1')));
    EXPECT_FALSE(address_from_hex(hash));
}

TEST(Hex, QuantitiesMayBePaddedButNotTooLarge) {
    EXPECT_EQ(u64_from_hex("0x0"), 0u);
    EXPECT_EQ(u64_from_hex("0x1a"), 26u);
    EXPECT_EQ(u64_from_hex("0x0000000000000000000000000000001A"), 26u);
    EXPECT_EQ(u64_from_hex("0xffffffffffffffff"), ~0ULL);
    EXPECT_FALSE(u64_from_hex("0x10000000000000000"));
    EXPECT_EQ(u256_from_hex("0x" + std::string(64, 'f')), U256() - U256(1));
    EXPECT_EQ(u256_from_hex("0x00" + std::string(64, 'f')), U256() - U256(1));
    EXPECT_FALSE(u256_from_hex("0x1" + std::string(64, '0')));
    for (const auto* text : {"", "0x", "1", "0x-1", "0xg", " 0x1", "0x1 "})
        EXPECT_FALSE(u256_from_hex(text)) << text;
}

TEST(Hex, QuantitiesAreWrittenWithoutLeadingZeros) {
    EXPECT_EQ(quantity_hex(0), "0x0");
    EXPECT_EQ(quantity_hex(26), "0x1a");
    EXPECT_EQ(quantity_hex(~0ULL), "0xffffffffffffffff");
}

} // namespace
} // namespace viz::eth
