#include "components/eth/abi_type.hpp"

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"

namespace viz::eth {
namespace {

std::string canonical(std::string_view text) {
    const auto type = parse_abi_type(text);
    return type ? to_string(*type) : std::string(to_string(type.error()));
}

std::string selector(std::string_view text) {
    const auto signature = parse_abi_signature(text);
    return signature ? to_hex(signature->selector().view())
                     : std::string(to_string(signature.error()));
}

TEST(AbiTypes, AreWrittenAsSignaturesWriteThem) {
    for (const auto* text :
         {"uint256", "uint8", "int128", "address", "bool", "bytes32", "bytes1", "bytes", "string",
          "uint256[]", "bytes[2][]", "(address,uint256)", "(bytes,(bool,int8)[3])[]", "()"})
        EXPECT_EQ(canonical(text), text);
    EXPECT_EQ(canonical("uint"), "uint256");
    EXPECT_EQ(canonical("int[]"), "int256[]");
    EXPECT_EQ(canonical("function"), "bytes24");
}

TEST(AbiTypes, RefuseWhatIsNone) {
    for (const auto* text : {"uint7", "uint0", "uint264", "uint08", "bytes33", "bytes0", "bytes01",
                             "bool8", "foo", "addresss"})
        EXPECT_EQ(canonical(text), "unknown_type") << text;
    for (const auto* text : {"", "uint256 ", " uint256", "uint256[", "uint256]", "uint256[0]",
                             "uint256[-1]", "uint256[01]", "uint256[99999999999]", "(uint256",
                             "(uint256,)", "(,)", "uint256,bool", "8uint"})
        EXPECT_EQ(canonical(text), "malformed") << text;
}

TEST(AbiTypes, KnowTheirPlaceInTheHead) {
    EXPECT_EQ(parse_abi_type("(uint256,bool[3])")->head_words, 4u);
    EXPECT_FALSE(parse_abi_type("(uint256,bool[3])")->dynamic);
    EXPECT_EQ(parse_abi_type("(uint256,bytes)[2]")->head_words, 1u);
    EXPECT_TRUE(parse_abi_type("(uint256,bytes)[2]")->dynamic);
    EXPECT_TRUE(parse_abi_type("bool[]")->dynamic);
}

TEST(AbiTypes, AreBoundedInDepthAndSize) {
    std::string deep = "uint256";
    for (int i = 0; i < 20; ++i) deep += "[]";
    EXPECT_EQ(canonical(deep), "too_large");
    EXPECT_EQ(canonical(std::string(100'000, '(')), "too_large");
    EXPECT_EQ(canonical("uint256[65536]"), "uint256[65536]");
    EXPECT_EQ(canonical("uint256[65537]"), "too_large");
    EXPECT_EQ(canonical("uint256[4000][4000][4000][4000][4000][4000][4000]"), "too_large");
}

// Selectors as in the contracts' published interfaces: ERC-20, Uniswap V2 and V3 periphery,
// Universal Router, Permit2.
TEST(AbiSignatures, HaveTheSelectorsThatContractsAnswerTo) {
    EXPECT_EQ(selector("transfer(address,uint256)"), "0xa9059cbb");
    EXPECT_EQ(selector("approve(address,uint256)"), "0x095ea7b3");
    EXPECT_EQ(selector("swapExactTokensForTokens(uint256,uint256,address[],address,uint256)"),
              "0x38ed1739");
    EXPECT_EQ(selector("exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,"
                       "uint160))"),
              "0x414bf389");
    EXPECT_EQ(selector("execute(bytes,bytes[],uint256)"), "0x3593564c");
    EXPECT_EQ(selector("permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)"),
              "0x2b67b570");
    EXPECT_EQ(selector("deposit()"), "0xd0e30db0");
    EXPECT_EQ(parse_abi_signature("f(uint,int[])")->canonical(), "f(uint256,int256[])");
}

TEST(AbiSignatures, HaveTheTopicsOfTheirEvents) {
    EXPECT_EQ(to_hex(parse_abi_signature("Transfer(address,address,uint256)")->topic().view()),
              "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
}

TEST(AbiSignatures, RefuseWhatIsNone) {
    for (const auto* text : {"", "transfer", "(uint256)", "f(uint256", "f(uint256))", "f (uint256)",
                             "1f()", "f(uint256) "})
        EXPECT_EQ(selector(text), "malformed") << text;
    EXPECT_EQ(selector("f(uint257)"), "unknown_type");
}

} // namespace
} // namespace viz::eth
