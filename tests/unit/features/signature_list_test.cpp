#include "components/features/signature_list.hpp"

#include <gtest/gtest.h>

#include "components/eth/abi_type.hpp"
#include "components/features/labeller.hpp"
#include "tests/support/values.hpp"

namespace viz::features {
namespace {

eth::Selector selector_of(std::string_view signature) {
    return eth::parse_abi_signature(signature)->selector;
}

TEST(SignatureList, NamesWhatTheRegistryDoesNot) {
    EXPECT_GT(listed_signature_count(), 2'000U);
    const std::string_view transmit = "transmit(bytes,bytes32[],bytes32[],bytes32)";
    EXPECT_EQ(listed_signature({{0xc9, 0x80, 0x75, 0x39}}), transmit);
    EXPECT_EQ(listed_signature(selector_of("renounceOwnership()")), "renounceOwnership()");
    EXPECT_EQ(listed_signature({{0, 0, 0, 1}}), "");
    EXPECT_EQ(listed_signature({{0xff, 0xff, 0xff, 0xff}}), "");
}

TEST(SignatureList, EndsOfTheTableAreFoundToo) {
    const auto list = read_signatures("b()\na()\n");
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 2U);
    EXPECT_LT((*list)[0].selector, (*list)[1].selector);
}

TEST(SignatureList, CommentsEmptyLinesAndRepetitionsAreNoFault) {
    const auto list = read_signatures("# facts\n\nmint()\nmint()\nburn(uint256)");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->size(), 2U);
}

TEST(SignatureList, ASelectorOfTwoSignaturesHasNoName) {
    // Both have 0xa9059cbb: the collision was searched for on purpose.
    const auto list = read_signatures("transfer(address,uint256)\nmany_msg_babbage(bytes1)\na()\n");
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ((*list)[0].text, "a()");
}

TEST(SignatureList, WhatIsNoSignatureIsNamedWithItsLine) {
    const auto list = read_signatures("a()\n\nmint(uint)\n");
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().line, 3U);
    EXPECT_EQ(list.error().text, "mint(uint)");
}

TEST(SignatureList, StandsInTheReasonsOfALabel) {
    bus::DecodedTx tx;
    tx.chain_id = eth::ChainId{1};
    tx.to = test::address_of(5);
    tx.calldata = {0xc9, 0x80, 0x75, 0x39};
    const auto feature = Labeller(ProtocolRegistry::built_in()).label(tx, {});
    EXPECT_EQ(feature.protocol, "unknown"); // a name is no evidence of whose contract it is
    ASSERT_FALSE(feature.reasons.empty());
    EXPECT_EQ(feature.reasons[0], "method:transmit");
}

} // namespace
} // namespace viz::features
