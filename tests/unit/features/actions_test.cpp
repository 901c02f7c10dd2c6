#include <gtest/gtest.h>

#include "tests/unit/features/calldata.hpp"

namespace viz::features {
namespace {

eth::Bytes program(const eth::Bytes& commands, std::vector<AbiValue> inputs) {
    return call_data("execute(bytes,bytes[],uint256)",
                     {raw(commands), list(std::move(inputs)), number(1'700'000'000)});
}

// Of `in` to `out` through one V2 pair, to the router.
AbiValue v2_swap(const eth::U256& amount, const eth::U256& minimum, const eth::Address& in,
                 const eth::Address& out) {
    return raw(encoded("(address,uint256,uint256,address[],bool)",
                       {address(kItself), number(amount), number(minimum),
                        list({address(in), address(out)}), number(0)}));
}

AbiValue three_words(const eth::Address& token, const eth::Address& to, const eth::U256& amount) {
    return raw(encoded("(address,address,uint256)", {address(token), address(to), number(amount)}));
}

AbiValue two_words(const eth::Address& to, const eth::U256& amount) {
    return raw(encoded("(address,uint256)", {address(to), number(amount)}));
}

const eth::U256 kAll = eth::U256{1} + *eth::from_decimal("57896044618658097711785492504343953926634"
                                                         "992332820282019728792003956564819967");

TEST(Actions, PlainTransferCancelAndDeployment) {
    const auto sent = actions_of(kToken, {}, 5);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(std::get<Transfer>(sent[0]).amount, eth::U256{5});
    EXPECT_TRUE(std::holds_alternative<Cancel>(actions_of(kSender, {}).at(0)));
    const eth::Bytes code(7);
    const auto deployed = decode_actions({.chain_id = eth::ChainId{1},
                                          .from = kSender,
                                          .to = std::nullopt,
                                          .value = {},
                                          .data = code},
                                         ProtocolRegistry::built_in());
    EXPECT_EQ(std::get<Deploy>(deployed.at(0)).init_code_size, 7U);
}

TEST(UniversalRouter, MinimumOfTheSweepAfterAPortionBindsTheSwap) {
    const auto actions = actions_of(
        kUniversal,
        program({0x0b, 0x08, 0x06, 0x04},
                {two_words(kItself, 1000), v2_swap(1000, 0, kWeth, kToken),
                 three_words(kToken, kRouter02, 25), three_words(kToken, kSender, 9975)}),
        1000);
    ASSERT_EQ(actions.size(), 1U);
    const auto& swap = std::get<Swap>(actions[0]);
    EXPECT_EQ(swap.limit, eth::U256{10'000}); // 9975 after 25 of 10,000 parts are gone
    EXPECT_EQ(swap.amount, eth::U256{1000});
    EXPECT_EQ(swap.deadline, 1'700'000'000U);
    EXPECT_TRUE(swap.native_in);
}

TEST(UniversalRouter, PortionOfNativeCoinAfterUnwrappingCountsToo) {
    const auto actions = actions_of(
        kUniversal, program({0x08, 0x0c, 0x06, 0x04},
                            {v2_swap(1000, 1, kToken, kWeth), two_words(kItself, 0),
                             three_words({}, kRouter02, 5000), three_words({}, kSender, 300)}));
    EXPECT_EQ(std::get<Swap>(actions.at(0)).limit, eth::U256{600});
}

TEST(UniversalRouter, WholeBalanceIsWhatWasWrapped) {
    const auto actions = actions_of(
        kUniversal,
        program({0x0b, 0x08}, {two_words(kItself, kAll), v2_swap(kAll, 3, kWeth, kToken)}), 777);
    const auto& swap = std::get<Swap>(actions.at(0));
    EXPECT_EQ(swap.amount, eth::U256{777});
    EXPECT_FALSE(swap.amount_is_balance);
}

TEST(UniversalRouter, ASharedMinimumBindsNoSwapAlone) {
    const auto actions =
        actions_of(kUniversal, program({0x08, 0x08, 0x04}, {v2_swap(10, 1, kWeth, kToken),
                                                            v2_swap(20, 2, kWeth, kToken),
                                                            three_words(kToken, kSender, 500)}));
    ASSERT_EQ(actions.size(), 2U);
    EXPECT_EQ(std::get<Swap>(actions[0]).limit, eth::U256{1});
    EXPECT_EQ(std::get<Swap>(actions[1]).limit, eth::U256{2});
}

TEST(SwapRouter02, ExactOutputPathsRunBackwards) {
    eth::Bytes path(kToken.bytes.begin(), kToken.bytes.end());
    path.insert(path.end(), {0, 0x0b, 0xb8});
    path.insert(path.end(), kWeth.bytes.begin(), kWeth.bytes.end());
    const auto actions = actions_of(
        kRouter02, call_data("exactOutput((bytes,address,uint256,uint256))",
                             {list({raw(path), address(kSender), number(50), number(60)})}));
    const auto& swap = std::get<Swap>(actions.at(0));
    EXPECT_EQ(swap.path, (std::vector{kWeth, kToken}));
    EXPECT_EQ(swap.fees, std::vector<std::uint32_t>{3000});
    EXPECT_EQ(swap.kind, SwapKind::exact_out);
    EXPECT_EQ(swap.limit, eth::U256{60});
}

TEST(SwapRouter02, MulticallCarriesItsDeadlineAndUnwrapsWithAMinimum) {
    const auto swap_call =
        call_data("exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))",
                  {list({address(kToken), address(kWeth), number(500), address(kItself), number(9),
                         number(0), number(0)})});
    const auto unwrap_call =
        call_data("unwrapWETH9(uint256,address)", {number(44), address(kSender)});
    const auto actions =
        actions_of(kRouter02, call_data("multicall(uint256,bytes[])",
                                        {number(123), list({raw(swap_call), raw(unwrap_call)})}));
    const auto& swap = std::get<Swap>(actions.at(0));
    EXPECT_EQ(swap.limit, eth::U256{44});
    EXPECT_EQ(swap.deadline, 123U);
}

TEST(Actions, NestedMulticallsAndManyCallsAreBounded) {
    eth::Bytes inner = call_data("transfer(address,uint256)", {address(kSender), number(1)});
    const auto many = call_data("multicall(bytes[])", {list(std::vector(100, raw(inner)))});
    const auto bounded = actions_of(kRouter02, many);
    EXPECT_EQ(bounded.size(), kMaxActions);
    EXPECT_TRUE(std::holds_alternative<Cut>(bounded.back())); // and says that there was more
    for (std::size_t i = 0; i < kMaxUnfolding; ++i)
        inner = call_data("multicall(bytes[])", {list({raw(inner)})});
    EXPECT_EQ(actions_of(kRouter02, inner).size(), 1U);
    inner = call_data("multicall(bytes[])", {list({raw(inner)})});
    const auto deeper = actions_of(kRouter02, inner);
    ASSERT_EQ(deeper.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<Cut>(deeper[0]));
}

TEST(Actions, TruncatedCalldataIsNotGuessedAt) {
    auto data = call_data("transfer(address,uint256)", {address(kSender), number(1)});
    data.pop_back();
    EXPECT_TRUE(actions_of(kToken, data).empty());
    EXPECT_TRUE(actions_of(kToken, {0xa9, 0x05}).empty());
}

} // namespace
} // namespace viz::features
