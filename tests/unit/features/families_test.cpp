// What calls besides router swaps decode to. Signatures are those of the official interfaces, so
// that the places of the fields are the ABI encoder's and not the decoder's.
#include <gtest/gtest.h>

#include "components/features/action_fields.hpp"
#include "tests/unit/features/calldata.hpp"

namespace viz::features {
namespace {

TEST(LiquidityActions, V2AddsAndRemoves) {
    const auto router = at("0x7a250d5630b4cf539739df2c5dacb4c659f2488d");
    auto a = only<Liquidity>(actions_of(
        router, call_data("addLiquidity(address,address,uint256,uint256,uint256,uint256,address,"
                          "uint256)",
                          {address(kToken), address(kOther), number(10), number(20), number(9),
                           number(19), address(kSender), number(77)})));
    EXPECT_EQ(a.protocol, "uniswap-v2");
    EXPECT_EQ(a.kind, LiquidityKind::add);
    EXPECT_EQ(a.tokens, (std::vector{kToken, kOther}));
    EXPECT_EQ(a.amounts, (std::vector<eth::U256>{10, 20}));
    EXPECT_EQ(a.recipient, kSender);
    EXPECT_EQ(a.deadline, 77U);
    a = only<Liquidity>(
        actions_of(router,
                   call_data("addLiquidityETH(address,uint256,uint256,uint256,address,uint256)",
                             {address(kToken), number(10), number(9), number(4), address(kSender),
                              number(77)}),
                   5));
    EXPECT_EQ(a.tokens, (std::vector{kToken, kWeth}));
    EXPECT_EQ(a.amounts, (std::vector<eth::U256>{10, 5}));
    a = only<Liquidity>(actions_of(
        router,
        call_data("removeLiquidityETHWithPermit(address,uint256,uint256,uint256,address,uint256,"
                  "bool,uint8,bytes32,bytes32)",
                  {address(kToken), number(100), number(9), number(4), address(kSender), number(77),
                   number(0), number(27), raw(eth::Bytes(32)), raw(eth::Bytes(32))})));
    EXPECT_EQ(a.kind, LiquidityKind::remove);
    EXPECT_EQ(a.liquidity, eth::U256{100});
    EXPECT_EQ(a.amounts, (std::vector<eth::U256>{9, 4}));
}

TEST(LiquidityActions, V3PositionsAreMintedChangedAndCollected) {
    const auto manager = at("0xc36442b4a4522e871399cd717abdd847ab11fe88");
    auto a = only<Liquidity>(actions_of(
        manager, call_data("mint((address,address,uint24,int24,int24,uint256,uint256,uint256,"
                           "uint256,address,uint256))",
                           {list({address(kToken), address(kWeth), number(3000), number(0),
                                  number(60), number(11), number(12), number(1), number(2),
                                  address(kOther), number(99)})})));
    EXPECT_EQ(a.protocol, "uniswap-v3");
    EXPECT_EQ(a.amounts, (std::vector<eth::U256>{11, 12}));
    EXPECT_EQ(a.recipient, kOther);
    EXPECT_EQ(a.deadline, 99U);
    a = only<Liquidity>(actions_of(
        manager, call_data("decreaseLiquidity((uint256,uint128,uint256,uint256,uint256))",
                           {numbers({7, 500, 1, 2, 99})})));
    EXPECT_EQ(a.kind, LiquidityKind::remove);
    EXPECT_EQ(a.position, eth::U256{7});
    EXPECT_EQ(a.liquidity, eth::U256{500});
    EXPECT_EQ(a.amounts, (std::vector<eth::U256>{1, 2}));
    const auto most = number((eth::U256{1} + eth::U256{~0ULL})); // 2^64
    a = only<Liquidity>(
        actions_of(manager, call_data("collect((uint256,address,uint128,uint128))",
                                      {list({number(7), address(kOther), most, most})})));
    EXPECT_EQ(a.kind, LiquidityKind::collect);
    EXPECT_EQ(a.recipient, kOther);
}

TEST(CurveActions, PoolsNameNoTokensTheRouterDoes) {
    auto swap = only<Swap>(
        actions_of(kToken, call_data("exchange(int128,int128,uint256,uint256)",
                                     {number(1), number(2), number(1000), number(990)})));
    EXPECT_EQ(swap.protocol, "curve");
    EXPECT_EQ(swap.pools, std::vector{kToken});
    EXPECT_EQ(swap.amount, eth::U256{1000});
    EXPECT_EQ(swap.limit, eth::U256{990});
    std::vector<AbiValue> route{address(kToken), address(kThird), address(kOther)};
    route.resize(11, address(kZero));
    const auto router = at("0x16c6521dff6bab339122a0fe25a9116693265353");
    swap = only<Swap>(actions_of(
        router, call_data("exchange(address[11],uint256[5][5],uint256,uint256,address[5],address)",
                          {list(route), list(std::vector(5, numbers({0, 0, 0, 0, 0}))), number(5),
                           number(4), list(std::vector(5, address(kZero))), address(kOther)})));
    EXPECT_EQ(swap.path, (std::vector{kToken, kOther}));
    EXPECT_EQ(swap.pools, std::vector{kThird});
    EXPECT_EQ(swap.recipient, kOther);
    route.resize(9);
    swap = only<Swap>(actions_of(
        at("0x99a58482bd75cbab83b27ec03ca68ff489b5788f"),
        call_data("exchange_multiple(address[9],uint256[3][4],uint256,uint256,address[4],address)",
                  {list(route), list(std::vector(4, numbers({0, 0, 0}))), number(7), number(6),
                   list(std::vector(4, address(kZero))), address(kThird)})));
    EXPECT_EQ(swap.path, (std::vector{kToken, kOther}));
    EXPECT_EQ(swap.amount, eth::U256{7});
    EXPECT_EQ(swap.limit, eth::U256{6});
    EXPECT_EQ(swap.recipient, kThird);
    const auto removed =
        only<Liquidity>(actions_of(kToken, call_data("remove_liquidity(uint256,uint256[3])",
                                                     {number(100), numbers({1, 2, 3})})));
    EXPECT_EQ(removed.liquidity, eth::U256{100});
    EXPECT_EQ(removed.amounts, (std::vector<eth::U256>{1, 2, 3}));
}

TEST(CowActions, EachTradeOfASettlementIsASwap) {
    const auto trade =
        list({number(0), number(1), address(kOther), number(100), number(90), number(66),
              raw(eth::Bytes(32)), number(0), number(1), number(0), raw({})});
    const auto nothing = list({});
    const auto swap = only<Swap>(actions_of(
        at("0x9008d19f58aabd9ed0d60971565aa8510560ab41"),
        call_data("settle(address[],uint256[],(uint256,uint256,address,uint256,uint256,uint32,"
                  "bytes32,uint256,uint256,uint256,bytes)[],(address,uint256,bytes)[][3])",
                  {list({address(kToken), address(kWeth)}), numbers({1, 1}), list({trade}),
                   list({nothing, nothing, nothing})})));
    EXPECT_EQ(swap.protocol, "cow");
    EXPECT_EQ(swap.kind, SwapKind::exact_out); // bit 0 of the flags
    EXPECT_EQ(swap.path, (std::vector{kToken, kWeth}));
    EXPECT_EQ(swap.amount, eth::U256{90});
    EXPECT_EQ(swap.limit, eth::U256{100});
    EXPECT_EQ(swap.recipient, kOther);
    EXPECT_EQ(swap.deadline, 66U);
}

TEST(UniswapV4Actions, SwapsInsideTheUniversalRouter) {
    const auto key =
        list({address(kZero), address(kToken), number(500), number(10), address(kZero)});
    const auto one = encoded("((address,address,uint24,int24,address),bool,uint128,uint128,bytes)",
                             {key, number(1), number(1000), number(900), raw({})});
    // The router's decoder expects the struct as one dynamic argument.
    const auto single = encoded("(((address,address,uint24,int24,address),bool,uint128,uint128,"
                                "bytes))",
                                {list({key, number(1), number(1000), number(900), raw({})})});
    const auto take_all = encoded("(address,uint256)", {address(kToken), number(950)});
    const auto program = encoded(
        "(bytes,bytes[])", {raw({0x06, 0x0c, 0x0f}), list({raw(single), raw({}), raw(take_all)})});
    ASSERT_NE(one, single);
    const auto swap =
        only<Swap>(actions_of(kUniversal,
                              call_data("execute(bytes,bytes[],uint256)",
                                        {raw({0x10}), list({raw(program)}), number(88)}),
                              1000));
    EXPECT_EQ(swap.protocol, "uniswap-v4");
    EXPECT_EQ(swap.path, (std::vector{kWeth, kToken}));
    EXPECT_EQ(swap.fees, std::vector<std::uint32_t>{500});
    EXPECT_TRUE(swap.native_in);
    EXPECT_EQ(swap.amount, eth::U256{1000});
    EXPECT_EQ(swap.limit, eth::U256{950}); // the stricter of both minimums
    EXPECT_EQ(swap.recipient, kSender);
    EXPECT_EQ(swap.deadline, 88U);
}

TEST(UniswapV4Actions, PathsOfBothHeadLengths) {
    const auto key = [](const eth::Address& token, std::uint64_t fee) {
        return list({address(token), number(fee), number(10), address(kZero), raw({})});
    };
    const std::string keys = "(address,uint256,int24,address,bytes)[]";
    const auto path = list({key(kOther, 100), key(kWeth, 3000)});
    const auto older = encoded("((address," + keys + ",uint128,uint128))",
                               {list({address(kToken), path, number(7), number(6)})});
    const auto newer =
        encoded("((address," + keys + ",uint256[],uint128,uint128))",
                {list({address(kToken), path, numbers({1, 2}), number(7), number(6)})});
    for (const auto& input : {older, newer}) {
        const auto program = encoded("(bytes,bytes[])", {raw({0x07}), list({raw(input)})});
        const auto swap = only<Swap>(actions_of(
            kUniversal, call_data("execute(bytes,bytes[])", {raw({0x10}), list({raw(program)})})));
        EXPECT_EQ(swap.path, (std::vector{kToken, kOther, kWeth}));
        EXPECT_EQ(swap.fees, (std::vector<std::uint32_t>{100, 3000}));
        EXPECT_EQ(swap.amount, eth::U256{7});
        EXPECT_EQ(swap.limit, eth::U256{6});
    }
}

TEST(Permit2Actions, BatchesGiveOneActionEach) {
    const auto permit2 = at("0x000000000022d473030f116ddee9f6b43ac78ba3");
    const auto details = [](const eth::Address& token, std::uint64_t amount) {
        return list({address(token), number(amount), number(1), number(0)});
    };
    const auto actions = actions_of(
        permit2,
        call_data(
            "permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)",
            {address(kSender),
             list({list({details(kToken, 5), details(kWeth, 6)}), address(kOther), number(44)}),
             raw(eth::Bytes(65))}));
    ASSERT_EQ(actions.size(), 2U);
    const auto& second = std::get<Permit>(actions[1]);
    EXPECT_EQ(second.token, kWeth);
    EXPECT_EQ(second.amount, eth::U256{6});
    EXPECT_EQ(second.spender, kOther);
    EXPECT_EQ(second.deadline, eth::U256{44});
    const auto moved = only<Transfer>(
        actions_of(permit2, call_data("transferFrom((address,address,uint160,address)[])",
                                      {list({list({address(kSender), address(kOther), number(3),
                                                   address(kToken)})})})));
    EXPECT_EQ(moved.token, kToken);
    EXPECT_EQ(moved.to, kOther);
    EXPECT_EQ(moved.amount, eth::U256{3});
}

TEST(LendActions, AaveCompoundAndMorpho) {
    const auto aave = at("0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2");
    auto a = only<Lend>(actions_of(
        aave, call_data("borrow(address,uint256,uint256,uint16,address)",
                        {address(kToken), number(5), number(2), number(0), address(kOther)})));
    EXPECT_EQ(a.protocol, "aave-v3");
    EXPECT_EQ(a.kind, LendKind::borrow);
    EXPECT_EQ(a.asset, kToken);
    EXPECT_EQ(a.account, kOther);
    a = only<Lend>(actions_of(at("0x7d2768de32b0b80b7a3454c06bdac94a69ddc7a9"),
                              call_data("deposit(address,uint256,address,uint16)",
                                        {address(kToken), number(5), address(kOther), number(0)})));
    EXPECT_EQ(a.protocol, "aave-v2");
    EXPECT_EQ(a.kind, LendKind::supply);
    const auto cusdc = at("0x39aa39c021dfbae8fac545936693ac917d5e7563");
    const auto redeem = call_data("redeem(uint256)", {number(8)});
    a = only<Lend>(actions_of(cusdc, redeem));
    EXPECT_EQ(a.kind, LendKind::withdraw);
    EXPECT_TRUE(a.in_shares);
    EXPECT_EQ(a.market, cusdc);
    EXPECT_TRUE(actions_of(kToken, redeem).empty()); // anyone's method elsewhere
    const auto comet = at("0xc3d688b66703497daa19211eedff47f25384cdc3");
    a = only<Lend>(actions_of(comet, call_data("supplyTo(address,address,uint256)",
                                               {address(kOther), address(kToken), number(9)})));
    EXPECT_EQ(a.protocol, "compound-v3");
    EXPECT_EQ(a.account, kOther);
    EXPECT_EQ(a.amount, eth::U256{9});
    const auto market =
        list({address(kToken), address(kWeth), address(kZero), address(kZero), number(1)});
    a = only<Lend>(actions_of(
        at("0xbbbbbbbbbb9cc5e90e3b3af64bdaf62c37eeffcb"),
        call_data("repay((address,address,address,address,uint256),uint256,uint256,address,bytes)",
                  {market, number(0), number(70), address(kOther), raw({})})));
    EXPECT_EQ(a.kind, LendKind::repay);
    EXPECT_EQ(a.asset, kToken);
    EXPECT_TRUE(a.in_shares);
    EXPECT_EQ(a.amount, eth::U256{70});
}

TEST(LiquidationActions, NameDebtorAndBothAssets) {
    const auto a = only<Liquidation>(actions_of(
        at("0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2"),
        call_data("liquidationCall(address,address,address,uint256,bool)",
                  {address(kWeth), address(kToken), address(kOther), number(5), number(1)})));
    EXPECT_EQ(a.collateral, kWeth);
    EXPECT_EQ(a.debt, kToken);
    EXPECT_EQ(a.borrowers, std::vector{kOther});
    const auto b = only<Liquidation>(
        actions_of(at("0xc3d688b66703497daa19211eedff47f25384cdc3"),
                   call_data("absorb(address,address[])",
                             {address(kSender), list({address(kOther), address(kThird)})})));
    EXPECT_EQ(b.borrowers, (std::vector{kOther, kThird}));
}

TEST(BridgeActions, CanonicalAndLiquidityBridges) {
    auto a = only<Bridge>(actions_of(
        at("0x3154cf16ccdb4c6d922629664174b904d80f2c35"),
        call_data("depositETHTo(address,uint32,bytes)", {address(kOther), number(1), raw({})}),
        12));
    EXPECT_EQ(a.protocol, "base-bridge");
    EXPECT_EQ(a.destination, 8453U);
    EXPECT_EQ(a.amount, eth::U256{12});
    EXPECT_EQ(a.recipient, kOther);
    a = only<Bridge>(actions_of(
        at("0x5c7bcd6e7de5423a257d81b442095a1a6ced35c5"),
        call_data("depositV3(address,address,address,address,uint256,uint256,uint256,address,"
                  "uint32,uint32,uint32,bytes)",
                  {address(kSender), address(kOther), address(kToken), address(kWeth), number(50),
                   number(49), number(10), address(kZero), number(1), number(2), number(3),
                   raw({})})));
    EXPECT_EQ(a.protocol, "across");
    EXPECT_EQ(a.token, kToken);
    EXPECT_EQ(a.amount, eth::U256{50});
    EXPECT_EQ(a.destination, 10U);
    EXPECT_EQ(a.recipient, kOther);
}

TEST(BridgeActions, ArbitrumBothWays) {
    auto a = only<Bridge>(actions_of(
        at("0x72ce9c846789fdb6fc1f34ac4ad25dd9ef7031ef"),
        call_data("outboundTransferCustomRefund(address,address,address,uint256,uint256,uint256,"
                  "bytes)",
                  {address(kToken), address(kSender), address(kOther), number(5), number(6),
                   number(7), raw({})})));
    EXPECT_EQ(a.destination, 42161U);
    EXPECT_EQ(a.amount, eth::U256{5});
    EXPECT_EQ(a.recipient, kOther);
    const auto registry = ProtocolRegistry::built_in();
    const auto withdraw = call_data("withdrawEth(address)", {address(kOther)});
    const auto back = decode_actions({.chain_id = eth::ChainId{42161},
                                      .from = kSender,
                                      .to = at("0x0000000000000000000000000000000000000064"),
                                      .value = 9U,
                                      .data = withdraw},
                                     registry);
    a = only<Bridge>(back);
    EXPECT_EQ(a.destination, 1U);
    EXPECT_EQ(a.amount, eth::U256{9});
    EXPECT_EQ(a.token, std::nullopt);
}

TEST(StakeActions, LidoRocketPoolAndEigenLayer) {
    auto a = only<Stake>(actions_of(at("0xae7ab96520de3a18e5e111b5eaab095312d7fe84"),
                                    call_data("submit(address)", {address(kZero)}), 32));
    EXPECT_EQ(a.protocol, "lido");
    EXPECT_EQ(a.amount, eth::U256{32});
    a = only<Stake>(actions_of(at("0xdd3f50f8a6cafbe9b31a427582963f465e745af8"),
                               call_data("deposit()", {}), 3));
    EXPECT_EQ(a.protocol, "rocket-pool");
    EXPECT_TRUE(actions_of(kToken, call_data("deposit()", {}), 3).empty());
    a = only<Stake>(actions_of(at("0x858646372cc42e1a627fce94aa7a7033e7cf075a"),
                               call_data("depositIntoStrategy(address,address,uint256)",
                                         {address(kOther), address(kToken), number(4)})));
    EXPECT_EQ(a.token, kToken);
    EXPECT_EQ(a.amount, eth::U256{4});
}

const eth::Bytes kPay = call_data("transfer(address,uint256)", {address(kOther), number(1)});

TEST(Unfolding, SafeTransactionsAndMultiSend) {
    eth::Bytes packed;
    for (const auto& to : {kToken, kWeth}) {
        packed.push_back(0);
        packed.insert(packed.end(), to.bytes.begin(), to.bytes.end());
        packed.resize(packed.size() + 32);
        const auto size = eth::to_be(eth::U256{kPay.size()});
        packed.insert(packed.end(), size.begin(), size.end());
        packed.insert(packed.end(), kPay.begin(), kPay.end());
    }
    const auto batch = call_data("multiSend(bytes)", {raw(packed)});
    const auto actions = actions_of(
        kThird, call_data("execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,"
                          "address,address,bytes)",
                          {address(at("0x38869bf66a61cf6bdb996a6ae40d5853fd43b526")), number(0),
                           raw(batch), number(1), number(0), number(0), number(0), address(kZero),
                           address(kZero), raw({})}));
    ASSERT_EQ(actions.size(), 2U);
    EXPECT_EQ(std::get<Transfer>(actions[0]).token, kToken);
    EXPECT_EQ(std::get<Transfer>(actions[0]).from, kThird); // the Safe, not the sender
    EXPECT_EQ(std::get<Transfer>(actions[1]).token, kWeth);
    packed.resize(packed.size() - 40); // a length beyond the end
    EXPECT_EQ(actions_of(kThird, call_data("multiSend(bytes)", {raw(packed)})).size(), 1U);
}

TEST(Unfolding, UserOperationsOfBothEntryPoints) {
    const auto call =
        call_data("execute(address,uint256,bytes)", {address(kToken), number(0), raw(kPay)});
    const auto op = list({address(kThird), number(9), raw({1}), raw(call), number(0), number(0),
                          number(0), number(0), number(0), raw({}), raw({})});
    auto actions = actions_of(
        at("0x5ff137d4b0fdcd49dca30c7cf57e578a026d2789"),
        call_data("handleOps((address,uint256,bytes,bytes,uint256,uint256,uint256,uint256,uint256,"
                  "bytes,bytes)[],address)",
                  {list({op}), address(kSender)}));
    ASSERT_EQ(actions.size(), 2U);
    EXPECT_EQ(std::get<UserOp>(actions[0]).account, kThird);
    EXPECT_EQ(std::get<UserOp>(actions[0]).nonce, eth::U256{9});
    EXPECT_TRUE(std::get<UserOp>(actions[0]).deploys);
    EXPECT_EQ(std::get<Transfer>(actions[1]).from, kThird);
    // ERC-7579's batch: the mode's first byte is 1.
    eth::Bytes mode(32);
    mode[0] = 1;
    const auto batch = encoded("((address,uint256,bytes)[])",
                               {list({list({address(kToken), number(0), raw(kPay)}),
                                      list({address(kOther), number(6), raw({})})})});
    const auto op7 = list({address(kThird), number(9), raw({}),
                           raw(call_data("execute(bytes32,bytes)", {raw(mode), raw(batch)})),
                           raw(eth::Bytes(32)), number(0), raw(eth::Bytes(32)), raw({}), raw({})});
    actions = actions_of(
        at("0x0000000071727de22e5e9d8baf0edac6f37da032"),
        call_data("handleOps((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes)[],"
                  "address)",
                  {list({op7}), address(kSender)}));
    ASSERT_EQ(actions.size(), 3U);
    EXPECT_FALSE(std::get<UserOp>(actions[0]).deploys);
    EXPECT_EQ(std::get<Transfer>(actions[1]).token, kToken);
    EXPECT_EQ(std::get<Transfer>(actions[2]).token, std::nullopt);
    EXPECT_EQ(std::get<Transfer>(actions[2]).amount, eth::U256{6});
}

TEST(Unfolding, MulticallNeverGoesDeeperThanTheBound) {
    eth::Bytes inner = kPay;
    const auto wrap = [&] {
        inner = call_data("aggregate3((address,bool,bytes)[])",
                          {list({list({address(kThird), number(1), raw(inner)})})});
    };
    for (std::size_t i = 0; i < kMaxUnfolding; ++i) wrap();
    EXPECT_EQ(only<Transfer>(actions_of(kThird, inner)).amount, eth::U256{1});
    wrap();
    only<Cut>(actions_of(kThird, inner));
}

TEST(Unfolding, ManyInnerCallsAreCutAndSaySo) {
    const auto pay = list({address(kToken), number(1), raw(kPay)});
    const auto actions = actions_of(
        kThird, call_data("aggregate3((address,bool,bytes)[])", {list(std::vector(100, pay))}));
    EXPECT_EQ(actions.size(), kMaxActions);
    EXPECT_TRUE(std::holds_alternative<Cut>(actions.back()));
}

TEST(ApprovalActions, WholeCollectionsAreApprovedAndRevoked) {
    for (const std::uint64_t granted : {0U, 1U}) {
        const auto a =
            only<Approval>(actions_of(kToken, call_data("setApprovalForAll(address,bool)",
                                                        {address(kOther), number(granted)})));
        EXPECT_EQ(a.spender, kOther);
        EXPECT_EQ(a.amount, granted == 1 ? eth::U256{} - eth::U256{1} : eth::U256{});
    }
}

TEST(DelegationActions, AuthorizationsComeFirst) {
    const std::vector<eth::Authorization> list{
        {.chain_id = 1, .address = kOther, .nonce = 5, .y_parity = 0, .r = {}, .s = {}}};
    const auto actions = decode_actions({.chain_id = eth::ChainId{1},
                                         .from = kSender,
                                         .to = kSender,
                                         .value = {},
                                         .data = {},
                                         .authorizations = list},
                                        ProtocolRegistry::built_in());
    ASSERT_EQ(actions.size(), 2U);
    EXPECT_EQ(std::get<Delegation>(actions[0]).code, kOther);
    EXPECT_EQ(std::get<Delegation>(actions[0]).nonce, 5U);
}

TEST(ActionFields, EveryActionHasANameOfItsOwn) {
    const std::vector<Action> all{Swap{},     Transfer{}, Approval{},  Permit{},     Deploy{},
                                  Blob{},     Cancel{},   Liquidity{}, Lend{},       Liquidation{},
                                  NftTrade{}, Bridge{},   Stake{},     UserOp{},     Delegation{},
                                  Cut{},      Wrap{},     Name{},      OrderCancel{}};
    ASSERT_EQ(all.size(), std::variant_size_v<Action>);
    std::vector<std::string> names;
    for (const auto& action : all) {
        const auto name = to_message(action).type;
        EXPECT_EQ(std::count(names.begin(), names.end(), name), 0) << name;
        names.push_back(name);
    }
}

} // namespace
} // namespace viz::features
