#include "components/eth/abi.hpp"

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"

namespace viz::eth {
namespace {

std::string selector_of(std::string_view text) {
    const auto signature = parse_abi_signature(text);
    return signature ? to_hex(signature->selector.view())
                     : std::string(to_string(signature.error()));
}

Bytes words(std::initializer_list<std::uint64_t> values) {
    Bytes out;
    for (const auto value : values) {
        const auto word = to_be(value);
        out.insert(out.end(), word.begin(), word.end());
    }
    return out;
}

AbiError error_of(std::string_view type, const Bytes& data) {
    const auto parsed = parse_abi_type(type);
    const auto value = decode_abi(*parsed, data);
    EXPECT_FALSE(value) << type;
    return value ? AbiError::bad_type : value.error();
}

TEST(AbiSignatureText, GivesTheSelector) {
    EXPECT_EQ(selector_of("transfer(address,uint256)"), "0xa9059cbb"); // EIP-20
    EXPECT_EQ(selector_of("exactInput((bytes,address,uint256,uint256))"), "0xb858183f");
    EXPECT_EQ(selector_of("deposit()"), "0xd0e30db0");
    EXPECT_EQ(selector_of("aggregate3((address,bool,bytes)[])"), "0x82ad56cb");
}

TEST(AbiSignatureText, RefusesWhatIsNotCanonical) {
    for (const auto* text : {"", "f", "f(", "f()x", "f(uint)", "f(uint7)", "f(uint264)",
                             "f(bytes0)", "f(bytes33)", "f(uint08)", "f(address,)", "f(uint256[0])",
                             "f(a b)", "f (bool)", "1f()", "f(uint256[99999999999])"})
        EXPECT_EQ(selector_of(text), "bad_signature") << text;
}

TEST(AbiSignatureText, BoundsNestingAndHeads) {
    EXPECT_FALSE(parse_abi_type(std::string(40, '(') + std::string(40, ')')));
    std::string arrays = "bool";
    for (int i = 0; i < 20; ++i) arrays += "[]";
    EXPECT_FALSE(parse_abi_type(arrays));
    EXPECT_FALSE(parse_abi_type("uint256[4096][4096]"));
}

TEST(Abi, ReadsNestedDynamicTypesByOffset) {
    const auto type = parse_abi_type("((uint256,bytes)[],bool)");
    ASSERT_TRUE(type);
    AbiValue entry;
    entry.members = {AbiValue{.word = 7, .bytes = {}, .members = {}},
                     AbiValue{.word = {}, .bytes = {1, 2, 3}, .members = {}}};
    AbiValue list;
    list.members = {entry, entry};
    AbiValue value;
    value.members = {list, AbiValue{.word = 1, .bytes = {}, .members = {}}};
    const auto encoded = encode_abi(*type, value);
    ASSERT_TRUE(encoded);
    const auto decoded = decode_abi(*type, *encoded);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, value);
}

TEST(Abi, RefusesWordsOutsideTheirType) {
    EXPECT_EQ(error_of("(uint8)", words({256})), AbiError::out_of_range);
    EXPECT_EQ(error_of("(bool)", words({2})), AbiError::out_of_range);
    EXPECT_EQ(error_of("(int8)", words({128})), AbiError::out_of_range);
    EXPECT_EQ(error_of("(bytes4)", words({1})), AbiError::out_of_range);
    EXPECT_EQ(error_of("(address)", Bytes(32, 0xff)), AbiError::out_of_range);
    EXPECT_TRUE(decode_abi(*parse_abi_type("(int8)"), Bytes(32, 0xff)));
}

TEST(Abi, RefusesLengthsAndOffsetsBeyondTheData) {
    EXPECT_EQ(error_of("(uint256)", Bytes(31)), AbiError::truncated);
    EXPECT_EQ(error_of("(bytes)", words({64})), AbiError::bad_offset);
    EXPECT_EQ(error_of("(bytes)", Bytes(32, 0xff)), AbiError::bad_offset);
    EXPECT_EQ(error_of("(bytes)", words({32, 1})), AbiError::truncated);
    EXPECT_EQ(error_of("(uint256[])", words({32, 2, 1})), AbiError::truncated);
    EXPECT_EQ(error_of("(uint256[])", words({32, 1U << 30U})), AbiError::too_large);
}

// Each level's elements all point at the same next level: size doubles with every level.
TEST(Abi, BoundsWhatAliasedOffsetsUnfoldTo) {
    Bytes data = words({32});
    for (int level = 0; level < 15; ++level) {
        const Bytes next = words({4, 128, 128, 128, 128});
        data.insert(data.end(), next.begin(), next.end());
    }
    data.resize(data.size() + 32);
    std::string type = "uint256[]";
    for (int level = 0; level < 14; ++level) type += "[]";
    EXPECT_EQ(error_of("(" + type + ")", data), AbiError::too_large);
}

TEST(AbiReader, AnswersNothingBeyondTheData) {
    const Bytes data = words({64, 5, 3, 1});
    const AbiReader reader(data);
    EXPECT_EQ(reader.u64(1), 5U);
    EXPECT_FALSE(reader.word(4));
    EXPECT_EQ(reader.bytes(0)->size(), 3U);
    EXPECT_FALSE(reader.bytes(1));         // offset 5: no sensible length there
    EXPECT_FALSE(reader.array(0, 1, 100)); // three elements announced, one there
    EXPECT_FALSE(AbiReader(Bytes(32, 0xff)).tuple(0));
}

TEST(AbiReader, LimitsArrays) {
    const Bytes data = words({32, 2, 8, 9});
    ASSERT_TRUE(AbiReader(data).array(0, 1, 2));
    EXPECT_EQ(AbiReader(data).array(0, 1, 2)->elements.u64(1), 9U);
    EXPECT_FALSE(AbiReader(data).array(0, 1, 1));
}

} // namespace
} // namespace viz::eth
