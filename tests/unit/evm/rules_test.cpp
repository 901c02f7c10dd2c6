#include <gtest/gtest.h>

#include "components/evm/rules.hpp"

namespace viz::evm {
namespace {

constexpr eth::ChainId kMainnet{1};

TEST(Rules, ChangeAtTheSecondOfActivation) {
    EXPECT_EQ(rules_at(kMainnet, 1681338454).fork, Fork::paris);
    EXPECT_EQ(rules_at(kMainnet, 1681338455).fork, Fork::shanghai);
    EXPECT_EQ(rules_at(kMainnet, 1710338134).fork, Fork::shanghai);
    EXPECT_EQ(rules_at(kMainnet, 1710338135).fork, Fork::cancun);
    EXPECT_EQ(rules_at(kMainnet, 1746612311).fork, Fork::prague);
    EXPECT_EQ(rules_at(kMainnet, 1764798551).fork, Fork::osaka);
}

TEST(Rules, BlobParameterForksChangeNothingElse) {
    EXPECT_EQ(rules_at(kMainnet, 1765290070).blob.max, 9u);
    EXPECT_EQ(rules_at(kMainnet, 1765290071).blob.max, 15u);
    EXPECT_EQ(rules_at(kMainnet, 1767747671).blob.max, 21u);
    EXPECT_EQ(rules_at(kMainnet, 1767747671).blob.target, 14u);
    EXPECT_EQ(rules_at(kMainnet, 1767747671).fork, Fork::osaka);
    EXPECT_EQ(rules_at(kMainnet, 1767747671).blob.max_per_transaction, 6u);
}

TEST(Rules, AChainThatIsNotKnownHasTheNewest) {
    EXPECT_EQ(rules_at(eth::ChainId(31337), 0).fork, Fork::osaka);
}

// EIP-4844: the base fee is one wei without excess and multiplies by e with each update fraction.
TEST(Rules, BlobBaseFeeGrowsWithTheExcess) {
    const auto& rules = rules_of(Fork::cancun);
    EXPECT_EQ(blob_base_fee(0, rules), eth::Wei(1));
    EXPECT_EQ(blob_base_fee(2314057, rules), eth::Wei(1));
    EXPECT_EQ(blob_base_fee(2314058, rules), eth::Wei(2));
    EXPECT_EQ(blob_base_fee(10 * 3338477, rules), eth::Wei(22026)); // e^10
}

TEST(Rules, ExcessBlobGasFallsToTheTargetAndNoFurtherThanZero) {
    const auto& rules = rules_of(Fork::cancun);
    EXPECT_EQ(next_excess_blob_gas(0, 3 * kGasPerBlob, eth::Wei(1), rules), 0u);
    EXPECT_EQ(next_excess_blob_gas(0, 4 * kGasPerBlob, eth::Wei(1), rules), kGasPerBlob);
    // EIP-7918: where execution is much dearer than blobs, the excess does not fall.
    const auto& osaka = rules_of(Fork::osaka);
    const eth::Wei gwei(1'000'000'000);
    EXPECT_EQ(next_excess_blob_gas(6 * kGasPerBlob, 0, gwei, osaka), 6 * kGasPerBlob);
    EXPECT_EQ(next_excess_blob_gas(6 * kGasPerBlob, 0, eth::Wei(1), osaka), 0u);
}

} // namespace
} // namespace viz::evm
