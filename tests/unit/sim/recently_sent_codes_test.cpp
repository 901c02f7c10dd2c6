#include "components/sim/recently_sent_codes.hpp"

#include <gtest/gtest.h>

#include "components/eth/keccak.hpp"

namespace viz::sim {
namespace {

evm::CodePointer code(std::uint8_t number, std::size_t size = 1) {
    const eth::Bytes bytes(size, number);
    return std::make_shared<const evm::Code>(bytes, eth::keccak256(bytes));
}
using Codes = std::vector<evm::CodePointer>;

const auto kPair = code(1);
const auto kToken = code(2);

TEST(RecentlySentCodes, ACodeGoesWithTheFirstCaseThatNeedsIt) {
    RecentlySentCodes sent;
    EXPECT_EQ(sent.due(1, Codes{kPair}), Codes{kPair});
    EXPECT_EQ(sent.due(1, Codes{kPair, kToken}), Codes{kToken});
    EXPECT_EQ(sent.due(1, Codes{kPair, kToken}), Codes{});
}

TEST(RecentlySentCodes, ItGoesAgainWithEverySoManyCases) {
    RecentlySentCodes sent(3);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(sent.due(1, Codes{kPair}), Codes{kPair});
        EXPECT_EQ(sent.due(1, Codes{kPair}), Codes{});
        EXPECT_EQ(sent.due(1, Codes{}), Codes{}); // counts though it needs none
    }
}

TEST(RecentlySentCodes, AllGoAgainOnceACaseWasNotTaken) {
    RecentlySentCodes sent;
    EXPECT_TRUE(sent.due(1, Codes{kPair, kToken}));
    sent.forget();
    EXPECT_EQ(sent.due(1, Codes{kPair, kToken}), (Codes{kPair, kToken}));
}

TEST(RecentlySentCodes, MoreThanAMessageHoldsIsNotSentAndNotTakenForSent) {
    RecentlySentCodes sent(64, 11);
    const auto large = code(3, 8);
    EXPECT_FALSE(sent.due(1, Codes{kPair, kToken, large, kToken}));
    EXPECT_EQ(sent.due(1, Codes{large}), Codes{large});
    EXPECT_FALSE(sent.due(12, Codes{}));
    EXPECT_EQ(sent.due(1, Codes{kPair, kToken, large}), (Codes{kPair, kToken}));
}

} // namespace
} // namespace viz::sim
