#include "components/search/pool_creations.hpp"

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"

namespace viz::search {
namespace {

eth::Hash word(const char* hex) {
    return *eth::hash_from_hex(hex);
}

eth::Bytes bytes(std::string_view hex) {
    return *eth::bytes_from_hex(hex);
}

const auto kUsdc = *eth::address_from_hex("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48");
const auto kWeth = *eth::address_from_hex("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2");

// Of mainnet's USDC/WETH pair, made in block 10,008,355.
evm::Log pair_created() {
    return {*eth::address_from_hex("0x5c69bee701ef814a2b6a3edd4b1652cb9cc5aa6f"),
            {word("0x0d3648bd0f6ba80134a33ba9275ac585d9d315f0ad8355cddefde31afa28d0e9"),
             word("0x000000000000000000000000a0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"),
             word("0x000000000000000000000000c02aaa39b223fe8d0a0e5c4f27ead9083c756cc2")},
            bytes("0x000000000000000000000000b4e16d0168e52d35cacd2c6185b44281ec28c9dc"
                  "0000000000000000000000000000000000000000000000000000000000000001")};
}

// Of mainnet's USDC/WETH pool of 0.05 %.
evm::Log pool_created() {
    return {*eth::address_from_hex("0x1f98431c8ad98523631ae4a59f267346ea31f984"),
            {word("0x783cca1c0412dd0d695e784568c96da2e9c22ff989357a2e8b1d9b2b4e6b7118"),
             word("0x000000000000000000000000a0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"),
             word("0x000000000000000000000000c02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"),
             word("0x00000000000000000000000000000000000000000000000000000000000001f4")},
            bytes("0x000000000000000000000000000000000000000000000000000000000000000a"
                  "00000000000000000000000088e6a0c2ddd26feeb64f039a2c41296fcb3f5640")};
}

TEST(PoolCreations, AreReadFromTheFactoriesEvents) {
    const std::vector<evm::Log> logs{pair_created(), pool_created()};
    const std::vector<PoolCreation> expected{
        {evm::PoolKind::v2, *eth::address_from_hex("0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc"),
         kUsdc, kWeth, 0},
        {evm::PoolKind::v3, *eth::address_from_hex("0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640"),
         kUsdc, kWeth, 500}};
    EXPECT_EQ(pool_creations(logs), expected);
}

TEST(PoolCreations, WhatHasAnotherShapeIsNone) {
    auto short_data = pair_created();
    short_data.data.resize(32);
    auto few_topics = pool_created();
    few_topics.topics.pop_back();
    auto other = pair_created();
    other.topics[0].bytes[0] ^= 1;
    auto whole_fee = pool_created();
    whole_fee.topics[3].bytes[0] = 1;
    const std::vector<evm::Log> logs{short_data, few_topics, other, whole_fee, {}};
    EXPECT_TRUE(pool_creations(logs).empty());
}

} // namespace
} // namespace viz::search
