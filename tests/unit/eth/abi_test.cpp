#include "components/eth/abi.hpp"

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"

namespace viz::eth {
namespace {

std::vector<AbiType> types(std::string_view tuple) {
    return parse_abi_signature("f" + std::string(tuple))->inputs;
}

// Words of calldata: small numbers, or 64 hex digits.
Bytes words(const std::vector<std::string>& all) {
    Bytes out;
    for (const auto& word : all) {
        const auto hex = std::string(64 - word.size(), '0') + word;
        const auto bytes = *bytes_from_hex("0x" + hex);
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
    return out;
}

std::string outcome(std::string_view tuple, const Bytes& data, AbiLimits limits = {}) {
    const auto decoded = abi_decode(types(tuple), data, limits);
    return decoded ? "ok" : std::string(to_string(decoded.error()));
}

const std::string kMinusOne(64, 'f');

// The example of the specification: f(uint256,uint32[],bytes10,bytes).
TEST(Abi, DecodesByOffsetAndEncodesToTheSame) {
    const auto data = words(
        {"123", "80", "3132333435363738393000000000000000000000000000000000000000000000", "e0", "2",
         "456", "789", "d", "48656c6c6f2c20776f726c642100000000000000000000000000000000000000"});
    const auto shape = types("(uint256,uint32[],bytes10,bytes)");
    const auto values = abi_decode(shape, data);
    ASSERT_TRUE(values);
    EXPECT_EQ((*values)[0].number(), U256(0x123));
    ASSERT_EQ((*values)[1].list().size(), 2u);
    EXPECT_EQ((*values)[1].list()[1].number(), U256(0x789));
    const auto text = (*values)[3].bytes();
    EXPECT_EQ(std::string(text.begin(), text.end()), "Hello, world!");
    EXPECT_EQ(*abi_encode(shape, *values), data);
}

TEST(Abi, OffsetsCountFromTheirOwnTuple) {
    // ((uint256,bytes),bool): the inner offset is relative to the inner head.
    const auto data = words({"40", "1", "7", "40", "2",
                             "abcd000000000000000000000000000000000000000000000000000000000000"});
    const auto shape = types("((uint256,bytes),bool)");
    const auto values = abi_decode(shape, data);
    ASSERT_TRUE(values);
    EXPECT_EQ((*values)[0].list()[0].number(), U256(7));
    EXPECT_EQ(to_hex((*values)[0].list()[1].bytes()), "0xabcd");
    EXPECT_EQ(*abi_encode(shape, *values), data);
}

TEST(Abi, StaticArraysAndTuplesLieInTheHead) {
    const auto shape = types("((address,bool)[2],int16)");
    const auto data = words({"aa", "1", "bb", "0", kMinusOne});
    const auto values = abi_decode(shape, data);
    ASSERT_TRUE(values);
    EXPECT_EQ(to_hex((*values)[0].list()[1].list()[0].address().view()),
              "0x00000000000000000000000000000000000000bb");
    EXPECT_EQ(*abi_encode(shape, *values), data);
}

TEST(Abi, RefusesBitsOutsideTheType) {
    EXPECT_EQ(outcome("(uint8)", words({"ff"})), "ok");
    EXPECT_EQ(outcome("(uint8)", words({"100"})), "dirty_value");
    EXPECT_EQ(outcome("(int8)", words({"7f"})), "ok");
    EXPECT_EQ(outcome("(int8)", words({"80"})), "dirty_value");
    EXPECT_EQ(outcome("(int8)", words({std::string(62, 'f') + "80"})), "ok");
    EXPECT_EQ(outcome("(int8)", words({std::string(62, 'f') + "7f"})), "dirty_value");
    EXPECT_EQ(outcome("(int256)", words({kMinusOne})), "ok");
    EXPECT_EQ(outcome("(bool)", words({"2"})), "dirty_value");
    EXPECT_EQ(outcome("(address)", words({std::string(40, 'f')})), "ok");
    EXPECT_EQ(outcome("(address)", words({"1" + std::string(40, '0')})), "dirty_value");
    EXPECT_EQ(outcome("(bytes2)", words({"abcd" + std::string(60, '0')})), "ok");
    EXPECT_EQ(outcome("(bytes2)", words({"abcd" + std::string(59, '0') + "1"})), "dirty_value");
}

TEST(Abi, RefusesWhatLeavesTheData) {
    EXPECT_EQ(outcome("(uint256)", {}), "truncated");
    EXPECT_EQ(outcome("(bytes)", words({"20"})), "truncated");
    EXPECT_EQ(outcome("(bytes)", words({"21"})), "bad_offset");
    EXPECT_EQ(outcome("(bytes)", words({kMinusOne, "0"})), "bad_offset");
    EXPECT_EQ(outcome("(bytes)", words({"20", "1"})), "truncated");
    EXPECT_EQ(outcome("(bytes)", words({"20", kMinusOne, "0"})), "truncated");
    EXPECT_EQ(outcome("(uint256[])", words({"20", "2", "1"})), "truncated");
    EXPECT_EQ(outcome("(uint256[])", words({"20", kMinusOne, "1"})), "limit_exceeded");
}

// What Solidity's decoder takes, contracts act upon.
TEST(Abi, TakesWhatSolidityTakes) {
    // Content without padding at the end of the calldata; padding that is not zero.
    auto unpadded = words({"20", "2"});
    unpadded.insert(unpadded.end(), {0xab, 0xcd});
    EXPECT_EQ(outcome("(bytes)", unpadded), "ok");
    EXPECT_EQ(outcome("(bytes)", words({"20", "1", kMinusOne})), "ok");
    // Two that share their content, a gap before it, something behind it.
    const auto shared = words({"60", "60", "dead", "1", "ab" + std::string(62, '0'), "beef"});
    EXPECT_EQ(outcome("(bytes,string)", shared), "ok");
}

// Every element of every list is the same list: 2^n values in n words.
TEST(Abi, OverlapCannotMakeMoreValuesThanAllowed) {
    const auto shape = "(uint256[][][][][][][][])";
    std::vector<std::string> nested{"20"};
    for (int level = 0; level < 8; ++level) {
        nested.insert(nested.end(), {"8", "100", "100", "100", "100", "100", "100", "100", "100"});
    }
    for (int i = 0; i < 16; ++i) nested.push_back("0");
    EXPECT_EQ(outcome(shape, words(nested), {.values = 1000}), "limit_exceeded");
    EXPECT_EQ(outcome("(()[])", words({"20", "ffffff"})), "limit_exceeded");
}

TEST(Abi, EncodingRefusesValuesOfAnotherShape) {
    const auto encode = [](std::string_view tuple, std::vector<AbiValue> values) {
        return abi_encode(types(tuple), values).has_value();
    };
    EXPECT_FALSE(encode("(uint256)", {}));
    EXPECT_FALSE(encode("(uint8)", {{U256(256)}}));
    EXPECT_FALSE(encode("(bytes)", {{U256(1)}}));
    EXPECT_FALSE(encode("(bytes4)", {{BytesView()}}));
    EXPECT_FALSE(encode("(bool[2])", {{AbiValue::List{{U256(1)}}}}));
    EXPECT_FALSE(encode("((bool,bytes))", {{AbiValue::List{{U256(1)}}}}));
    EXPECT_TRUE(encode("(bool[])", {{AbiValue::List{}}}));
}

} // namespace
} // namespace viz::eth
