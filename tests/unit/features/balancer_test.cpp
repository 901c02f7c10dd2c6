// Balancer's vault (V2) and routers (V3). Signatures are those of the official interfaces.
#include <gtest/gtest.h>

#include "tests/unit/features/calldata.hpp"

namespace viz::features {
namespace {

const eth::Address kVault = at("0xba12222222228d8ba445958a75a0704d566bf2c8");

AbiValue pool_id(const eth::Address& pool) {
    eth::Bytes id(pool.bytes.begin(), pool.bytes.end());
    id.resize(32);
    return raw(id);
}

TEST(BalancerActions, SingleAndChainedSwapsHaveTheirLimits) {
    const auto funds = list({address(kSender), number(0), address(kOther), number(0)});
    auto swap = only<Swap>(
        actions_of(kVault, call_data("swap((bytes32,uint8,address,address,uint256,bytes),"
                                     "(address,bool,address,bool),uint256,uint256)",
                                     {list({pool_id(kThird), number(1), address(kZero),
                                            address(kToken), number(10), raw({})}),
                                      funds, number(12), number(55)})));
    EXPECT_EQ(swap.kind, SwapKind::exact_out);
    EXPECT_EQ(swap.path, (std::vector{kWeth, kToken}));
    EXPECT_TRUE(swap.native_in);
    EXPECT_EQ(swap.pools, std::vector{kThird});
    EXPECT_EQ(swap.amount, eth::U256{10});
    EXPECT_EQ(swap.limit, eth::U256{12});
    EXPECT_EQ(swap.recipient, kOther);
    EXPECT_EQ(swap.deadline, 55U);

    const auto step = [](const eth::Address& pool, std::uint64_t in, std::uint64_t out,
                         std::uint64_t amount) {
        return list({pool_id(pool), number(in), number(out), number(amount), raw({})});
    };
    swap = only<Swap>(actions_of(
        kVault, call_data("batchSwap(uint8,(bytes32,uint256,uint256,uint256,bytes)[],address[],"
                          "(address,bool,address,bool),int256[],uint256)",
                          {number(0), list({step(kThird, 0, 1, 100), step(kOther, 1, 2, 0)}),
                           list({address(kToken), address(kWeth), address(kOther)}), funds,
                           list({number(100), number(0), number(eth::U256{} - eth::U256{95})}),
                           number(55)})));
    EXPECT_EQ(swap.kind, SwapKind::exact_in);
    EXPECT_EQ(swap.path, (std::vector{kToken, kWeth, kOther}));
    EXPECT_EQ(swap.pools, (std::vector{kThird, kOther}));
    EXPECT_EQ(swap.amount, eth::U256{100});
    EXPECT_EQ(swap.limit, eth::U256{95}); // the vault has to give it: written negative
}

TEST(BalancerActions, JoinsAndExitsAreLiquidity) {
    const auto a = only<Liquidity>(actions_of(
        kVault, call_data("joinPool(bytes32,address,address,(address[],uint256[],bytes,bool))",
                          {pool_id(kThird), address(kSender), address(kOther),
                           list({list({address(kToken), address(kWeth)}), numbers({3, 4}), raw({}),
                                 number(0)})})));
    EXPECT_EQ(a.kind, LiquidityKind::add);
    EXPECT_EQ(a.pools, std::vector{kThird});
    EXPECT_EQ(a.tokens, (std::vector{kToken, kWeth}));
    EXPECT_EQ(a.amounts, (std::vector<eth::U256>{3, 4}));
    EXPECT_EQ(a.recipient, kOther);
}

const eth::Address kV3Router = at("0xae563e3f8219521950555f5962419c8919758ea2");
const eth::Address kV3BatchRouter = at("0x136f1efcc3f8f88516b9e94110d56fdbfb1778d1");

TEST(BalancerV3Actions, ASingleSwapHasItsPoolAndBound) {
    for (const bool exact_in : {true, false}) {
        const auto swap = only<Swap>(actions_of(
            kV3Router,
            call_data(exact_in ? "swapSingleTokenExactIn(address,address,address,uint256,uint256,"
                                 "uint256,bool,bytes)"
                               : "swapSingleTokenExactOut(address,address,address,uint256,uint256,"
                                 "uint256,bool,bytes)",
                      {address(kThird), address(kWeth), address(kToken), number(10), number(12),
                       number(55), number(1), raw({})})));
        EXPECT_EQ(swap.protocol, "balancer-v3");
        EXPECT_EQ(swap.kind, exact_in ? SwapKind::exact_in : SwapKind::exact_out);
        EXPECT_EQ(swap.path, (std::vector{kWeth, kToken}));
        EXPECT_EQ(swap.pools, std::vector{kThird});
        EXPECT_EQ(swap.amount, eth::U256{10});
        EXPECT_EQ(swap.limit, eth::U256{12});
        EXPECT_EQ(swap.deadline, 55U);
        EXPECT_TRUE(swap.native_in);
    }
}

TEST(BalancerV3Actions, TheNativeCoinIsPaidOnlyWhereItsWrappedTokenIsSold) {
    const auto swap = only<Swap>(actions_of(
        kV3Router, call_data("swapSingleTokenExactIn(address,address,address,uint256,uint256,"
                             "uint256,bool,bytes)",
                             {address(kThird), address(kToken), address(kWeth), number(10),
                              number(12), number(55), number(1), raw({})})));
    EXPECT_FALSE(swap.native_in) << "the flag is about what is bought here";
}

AbiValue v3_path(const AbiValue& third, const AbiValue& fourth) {
    const auto step = [](const eth::Address& pool, const eth::Address& bought) {
        return list({address(pool), address(bought), number(0)});
    };
    return list({address(kToken), list({step(kThird, kWeth), step(kZero, kOther)}), third, fourth});
}

TEST(BalancerV3Actions, EachPathOfABatchIsASwapWithABoundOfItsOwn) {
    const auto actions = actions_of(
        kV3BatchRouter,
        call_data("swapExactIn((address,(address,address,bool)[],uint256,uint256)[],uint256,bool,"
                  "bytes)",
                  {list({v3_path(number(100), number(95)), v3_path(number(200), number(190))}),
                   number(55), number(0), raw({})}));
    ASSERT_EQ(actions.size(), 2u);
    const auto& second = std::get<Swap>(actions[1]);
    EXPECT_EQ(second.kind, SwapKind::exact_in);
    EXPECT_EQ(second.path, (std::vector{kToken, kWeth, kOther}));
    EXPECT_EQ(second.pools, (std::vector{kThird, kZero}));
    EXPECT_EQ(second.amount, eth::U256{200});
    EXPECT_EQ(second.limit, eth::U256{190});
    EXPECT_EQ(second.deadline, 55U);
    EXPECT_FALSE(second.native_in);
}

TEST(BalancerV3Actions, WithExactOutputTheMostThatIsPaidStandsFirst) {
    const auto swap = only<Swap>(actions_of(
        kV3BatchRouter,
        call_data("swapExactOut((address,(address,address,bool)[],uint256,uint256)[],uint256,bool,"
                  "bytes)",
                  {list({v3_path(number(105), number(100))}), number(55), number(0), raw({})})));
    EXPECT_EQ(swap.kind, SwapKind::exact_out);
    EXPECT_EQ(swap.amount, eth::U256{100});
    EXPECT_EQ(swap.limit, eth::U256{105});
}

TEST(BalancerV3Actions, ABatchWithAnEmptyPathIsNotUnderstood) {
    const auto empty = list({address(kToken), list({}), number(1), number(1)});
    EXPECT_TRUE(actions_of(kV3BatchRouter,
                           call_data("swapExactIn((address,(address,address,bool)[],uint256,"
                                     "uint256)[],uint256,bool,bytes)",
                                     {list({v3_path(number(100), number(95)), empty}), number(55),
                                      number(0), raw({})}))
                    .empty());
}

} // namespace
} // namespace viz::features
