#include "components/evm/next_block.hpp"

#include <gtest/gtest.h>

#include "components/evm/rules.hpp"

namespace viz::evm {
namespace {

TEST(NextBlock, BaseFeeFollowsTheGasUsed) {
    struct Case {
        std::uint64_t used;
        std::uint64_t fee;
    };
    // EIP-1559 with a limit of 30,000,000 and a fee of 1,000,000,000.
    for (const auto& [used, fee] : {Case{0, 875'000'000}, Case{15'000'000, 1'000'000'000},
                                    Case{30'000'000, 1'125'000'000}, Case{7'500'000, 937'500'000}})
        EXPECT_EQ(next_base_fee(U256(1'000'000'000), used, 30'000'000), U256(fee));
    EXPECT_EQ(next_base_fee(U256(1), 15'000'001, 30'000'000), U256(2)); // at least by one
    EXPECT_EQ(next_base_fee(U256(0), 30'000'000, 30'000'000), U256(0)) << "a chain without";
}

TEST(NextBlock, IsOneSlotLater) {
    const BlockEnvironment parent{.chain_id = eth::ChainId(1),
                                  .number = 7,
                                  .timestamp = 1'720'000'000,
                                  .gas_limit = 30'000'000,
                                  .base_fee = 8,
                                  .excess_blob_gas = 0};
    const auto next = next_environment(parent, 30'000'000, 6 * kGasPerBlob, 12);
    EXPECT_EQ(next.number, 8U);
    EXPECT_EQ(next.timestamp, 1'720'000'012U);
    EXPECT_EQ(next.base_fee, U256(9));
    EXPECT_EQ(next.excess_blob_gas, 3 * kGasPerBlob);
}

} // namespace
} // namespace viz::evm
