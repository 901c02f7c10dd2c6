// Direct swap methods of aggregators: signatures are those of their interfaces, so that the places
// of the fields are the ABI encoder's and not the decoder's.
#include "tests/unit/features/calldata.hpp"

namespace viz::features {
namespace {

const auto kCoinMarker = at("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

// ---- 0x

const auto kProxy = at("0xdef1c0ded9bec7f1a1670819833240f027b25eff");
const auto kHash = raw(eth::Bytes(32));
const char* const kOtc = "(address,address,uint128,uint128,address,address,address,uint256),(uint8,"
                         "uint8,bytes32,bytes32)";

// 600 of kToken for 200 of WETH, until 77.
AbiValue otc_order() {
    eth::U256 packed;
    packed.limbs = {5, 0, 0, 77};
    return list({address(kToken), address(kWeth), number(600), number(200), address(kThird),
                 address(kOther), address(kSender), number(packed)});
}
AbiValue signature() {
    return list({number(3), number(28), kHash, kHash});
}

TEST(ZeroExSwaps, OtcOrdersAreFilledInPartOrWhole) {
    auto swap = only<Swap>(actions_of(
        kProxy,
        call_data("fillOtcOrderWithEth(" + std::string(kOtc) + ")", {otc_order(), signature()}),
        100));
    EXPECT_EQ(swap.protocol, "0x");
    EXPECT_EQ(swap.path, (std::vector{kWeth, kToken}));
    EXPECT_EQ(swap.amount, eth::U256{100});
    EXPECT_EQ(swap.limit, eth::U256{300}); // the same part of what the maker gives
    EXPECT_EQ(swap.deadline, 77U);
    EXPECT_TRUE(swap.native_in);
    swap =
        only<Swap>(actions_of(kProxy, call_data("fillOtcOrder(" + std::string(kOtc) + ",uint128)",
                                                {otc_order(), signature(), number(1000)})));
    EXPECT_EQ(swap.amount, eth::U256{200}); // no more than the order is for
    EXPECT_EQ(swap.limit, eth::U256{600});
    swap = only<Swap>(actions_of(kProxy, call_data("fillTakerSignedOtcOrder(" + std::string(kOtc) +
                                                       ",(uint8,uint8,bytes32,bytes32))",
                                                   {otc_order(), signature(), signature()})));
    EXPECT_EQ(swap.recipient, kOther); // the taker, not who sends it
    EXPECT_EQ(swap.amount, eth::U256{200});
}

TEST(ZeroExSwaps, MultiplexSellsAllAtOnceOrAlongATokenPath) {
    const auto calls = list({list({number(1), number(10), raw({})})});
    auto swap = only<Swap>(actions_of(
        kProxy,
        call_data("multiplexBatchSellTokenForEth(address,(uint8,uint256,bytes)[],uint256,uint256)",
                  {address(kToken), calls, number(10), number(9)})));
    EXPECT_EQ(swap.path, (std::vector{kToken, kWeth}));
    EXPECT_EQ(swap.limit, eth::U256{9});
    swap = only<Swap>(
        actions_of(kProxy,
                   call_data("multiplexMultiHopSellEthForToken(address[],(uint8,bytes)[],uint256)",
                             {list({address(kWeth), address(kThird), address(kToken)}),
                              list({list({number(1), raw({})})}), number(8)}),
                   12));
    EXPECT_EQ(swap.path, (std::vector{kWeth, kThird, kToken}));
    EXPECT_EQ(swap.amount, eth::U256{12});
    EXPECT_EQ(swap.limit, eth::U256{8});
}

TEST(ZeroExSwaps, AMetaTransactionIsItsSigners) {
    const auto inner =
        call_data("sellToUniswap(address[],uint256,uint256,bool)",
                  {list({address(kToken), address(kWeth)}), number(6), number(5), number(0)});
    const auto swap = only<Swap>(actions_of(
        kProxy, call_data("executeMetaTransactionV2((address,address,uint256,uint256,bytes,address,"
                          "(address,uint256)[]),(uint8,uint8,bytes32,bytes32))",
                          {list({address(kOther), address(kZero), number(99), number(1), raw(inner),
                                 address(kZero), list({})}),
                           signature()})));
    EXPECT_EQ(swap.amount, eth::U256{6});
    EXPECT_EQ(swap.recipient, kOther);
}

TEST(ZeroExSwaps, SettlerSellsWhatTheAllowanceIsFor) {
    const auto settle = call_data(
        "execute((address,address,uint256),bytes[],bytes32)",
        {list({address(kOther), address(kCoinMarker), number(44)}), list({raw({1})}), kHash});
    const auto call =
        call_data("exec(address,address,uint256,address,bytes)",
                  {address(kThird), address(kToken), number(50), address(kThird), raw(settle)});
    const auto swap =
        only<Swap>(actions_of(at("0x0000000000001ff3684f28c67538d4d072c22734"), call));
    EXPECT_EQ(swap.path, (std::vector{kToken, kWeth}));
    EXPECT_EQ(swap.amount, eth::U256{50});
    EXPECT_EQ(swap.limit, eth::U256{44});
    EXPECT_EQ(swap.recipient, kOther);
    EXPECT_TRUE(actions_of(kToken, call).empty()); // others have an exec too
}

// ---- 1inch

const auto kInchV6 = at("0x111111125421ca6dc452d289314280a0f8842a65");

TEST(OneInchSwaps, DescriptionsOfTheFourthAndSixthRouter) {
    auto swap = only<Swap>(actions_of(
        at("0x1111111254fb6c44bac0bed2854e76f90643097d"),
        call_data(
            "swap(address,(address,address,address,address,uint256,uint256,uint256,bytes),bytes)",
            {address(kThird),
             list({address(kCoinMarker), address(kToken), address(kThird), address(kOther),
                   number(10), number(9), number(4), raw({})}),
             raw({})}),
        10));
    EXPECT_EQ(swap.path, (std::vector{kWeth, kToken}));
    EXPECT_EQ(swap.recipient, kOther);
    EXPECT_TRUE(swap.native_in);
    swap = only<Swap>(actions_of(
        kInchV6,
        call_data("swap(address,(address,address,address,address,uint256,uint256,uint256),bytes)",
                  {address(kThird),
                   list({address(kToken), address(kWeth), address(kThird), address(kZero),
                         number(10), number(9), number(4)}),
                   raw({})})));
    EXPECT_EQ(swap.amount, eth::U256{10});
    EXPECT_EQ(swap.limit, eth::U256{9});
    EXPECT_EQ(swap.recipient, kSender); // zero: the sender
}

TEST(OneInchSwaps, PoolsAreNamedWithFlagsAboveThem) {
    eth::U256 pool = eth::from_be(kThird.view());
    pool.limbs[3] |= 1ULL << 61U;
    auto swap = only<Swap>(
        actions_of(kInchV6, call_data("unoswapTo2(uint256,uint256,uint256,uint256,uint256,uint256)",
                                      {address(kOther), address(kToken), number(10), number(9),
                                       number(pool), number(pool)})));
    EXPECT_EQ(swap.path, std::vector{kToken});
    EXPECT_EQ(swap.pools, (std::vector{kThird, kThird}));
    EXPECT_EQ(swap.amount, eth::U256{10});
    EXPECT_EQ(swap.limit, eth::U256{9});
    EXPECT_EQ(swap.recipient, kOther);
    swap = only<Swap>(actions_of(
        kInchV6, call_data("ethUnoswap(uint256,uint256)", {number(9), number(pool)}), 11));
    EXPECT_EQ(swap.path, std::vector{kWeth});
    EXPECT_EQ(swap.amount, eth::U256{11});
    EXPECT_TRUE(swap.native_in);
    swap = only<Swap>(
        actions_of(at("0x1111111254eeb25477b68fb85ed929f73a960582"),
                   call_data("uniswapV3SwapTo(address,uint256,uint256,uint256[])",
                             {address(kOther), number(7), number(6), list({number(pool)})})));
    EXPECT_TRUE(swap.path.empty());
    EXPECT_EQ(swap.pools, std::vector{kThird});
    EXPECT_EQ(swap.recipient, kOther);
}

// ---- ParaSwap

const auto kAugustusV6 = at("0x6a000f20005980200259b80c5102003040001068");

TEST(ParaSwapSwaps, ExactOutputsOfTheSixthAugustusSellAtMostTheFromAmount) {
    const auto data = list({address(kToken), address(kWeth), number(100), number(40), number(41),
                            kHash, address(kOther)});
    const std::string tail = "(address,(address,address,uint256,uint256,uint256,bytes32,address),"
                             "uint256,bytes,bytes)";
    auto swap = only<Swap>(
        actions_of(kAugustusV6, call_data("swapExactAmountIn" + tail,
                                          {address(kThird), data, number(0), raw({}), raw({})})));
    EXPECT_EQ(swap.kind, SwapKind::exact_in);
    EXPECT_EQ(swap.amount, eth::U256{100});
    EXPECT_EQ(swap.limit, eth::U256{40});
    EXPECT_EQ(swap.recipient, kOther);
    swap = only<Swap>(
        actions_of(kAugustusV6, call_data("swapExactAmountOut" + tail,
                                          {address(kThird), data, number(0), raw({}), raw({})})));
    EXPECT_EQ(swap.kind, SwapKind::exact_out);
    EXPECT_EQ(swap.amount, eth::U256{40});
    EXPECT_EQ(swap.limit, eth::U256{100});
    swap = only<Swap>(actions_of(
        kAugustusV6,
        call_data("swapExactAmountInOnUniswapV3((address,address,uint256,uint256,uint256,bytes32,"
                  "address,bytes),uint256,bytes)",
                  {list({address(kToken), address(kCoinMarker), number(5), number(4), number(4),
                         kHash, address(kZero), raw({})}),
                   number(0), raw({})})));
    EXPECT_EQ(swap.path, (std::vector{kToken, kWeth}));
    EXPECT_EQ(swap.recipient, kSender);
}

TEST(ParaSwapSwaps, OfAPathWhatTheLastStepBuysCounts) {
    const auto step = [](const eth::Address& to) {
        return list({address(to), number(0), list({})});
    };
    const std::string path = "(address,uint256,(address,uint256,uint256,(uint256,address,uint256,"
                             "bytes,uint256)[])[])[]";
    const auto swap = only<Swap>(actions_of(
        at("0xdef171fe48cf0115b1d80b88dc8eab59176fee57"),
        call_data("multiSwap((address,uint256,uint256,uint256,address," + path +
                      ",address,uint256,bytes,uint256,bytes16))",
                  {list({address(kToken), number(10), number(8), number(9), address(kOther),
                         list({step(kThird), step(kWeth)}), address(kZero), number(0), raw({}),
                         number(55), raw(eth::Bytes(16))})})));
    EXPECT_EQ(swap.path, (std::vector{kToken, kWeth}));
    EXPECT_EQ(swap.amount, eth::U256{10});
    EXPECT_EQ(swap.limit, eth::U256{8});
    EXPECT_EQ(swap.deadline, 55U);
}

} // namespace
} // namespace viz::features
