#include "components/search/amm/pool_address.hpp"

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"

namespace viz::search::amm {
namespace {

const auto kUsdc = *eth::address_from_hex("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48");
const auto kWeth = *eth::address_from_hex("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2");

// The addresses of the pools that hold the most on mainnet.
TEST(PoolAddress, IsWhereUniswapsPoolsAre) {
    const auto v2 = *eth::address_from_hex("0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc");
    const auto v3 = *eth::address_from_hex("0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640");
    EXPECT_EQ(v2_pair_address(uniswap_v2_mainnet(), kUsdc, kWeth), v2);
    EXPECT_EQ(v3_pool_address(uniswap_v3_mainnet(), kUsdc, kWeth, 500), v3);
}

TEST(PoolAddress, DoesNotDependOnTheOrderOfTheTokens) {
    EXPECT_EQ(v2_pair_address(uniswap_v2_mainnet(), kUsdc, kWeth),
              v2_pair_address(uniswap_v2_mainnet(), kWeth, kUsdc));
    EXPECT_EQ(v3_pool_address(uniswap_v3_mainnet(), kUsdc, kWeth, 3000),
              v3_pool_address(uniswap_v3_mainnet(), kWeth, kUsdc, 3000));
    EXPECT_NE(v3_pool_address(uniswap_v3_mainnet(), kUsdc, kWeth, 3000),
              v3_pool_address(uniswap_v3_mainnet(), kWeth, kUsdc, 10000));
}

} // namespace
} // namespace viz::search::amm
