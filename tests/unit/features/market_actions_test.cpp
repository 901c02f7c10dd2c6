// What marketplaces, names and the wrapped coin are asked for.
#include "components/features/action_fields.hpp"
#include "tests/unit/features/calldata.hpp"

namespace viz::features {
namespace {

TEST(NftActions, SeaportListingsAndBids) {
    const auto seaport = at("0x0000000000000068f116a894984e2db1123eb395");
    const std::string order =
        "(((address,address,(uint8,address,uint256,uint256,uint256)[],"
        "(uint8,address,uint256,uint256,uint256,address)[],uint8,uint256,uint256,bytes32,uint256,"
        "bytes32,uint256),bytes),bytes32)";
    const auto fulfil = [&](std::vector<AbiValue> offer, std::vector<AbiValue> asked) {
        return call_data(
            "fulfillOrder" + order,
            {list({list({address(kThird), address(kZero), list(std::move(offer)),
                         list(std::move(asked)), number(0), number(0), number(0),
                         raw(eth::Bytes(32)), number(0), raw(eth::Bytes(32)), number(1)}),
                   raw({})}),
             raw(eth::Bytes(32))});
    };
    const auto item = [](std::uint64_t kind, const eth::Address& token, std::uint64_t id,
                         std::uint64_t amount) {
        return std::vector{number(kind), address(token), number(id), number(amount),
                           number(amount)};
    };
    const auto to = [](std::vector<AbiValue> fields, const eth::Address& whom) {
        fields.push_back(address(whom));
        return list(std::move(fields));
    };
    auto a = only<NftTrade>(actions_of(
        seaport, fulfil({list(item(2, kToken, 42, 1))},
                        {to(item(0, kZero, 0, 95), kThird), to(item(0, kZero, 0, 5), kOther)})));
    EXPECT_TRUE(a.maker_sells);
    EXPECT_EQ(a.maker, kThird);
    EXPECT_EQ(a.collection, kToken);
    EXPECT_EQ(a.token_id, eth::U256{42});
    EXPECT_EQ(a.currency, std::nullopt);
    EXPECT_EQ(a.price, eth::U256{100}); // the fee is part of it
    a = only<NftTrade>(actions_of(
        seaport, fulfil({list(item(1, kWeth, 0, 80))}, {to(item(3, kToken, 7, 2), kThird)})));
    EXPECT_FALSE(a.maker_sells);
    EXPECT_EQ(a.count, eth::U256{2});
    EXPECT_EQ(a.currency, kWeth);
    EXPECT_EQ(a.price, eth::U256{80});
}

TEST(NftActions, SeaportOrdersAreCancelledSingleOrAll) {
    const auto seaport = at("0x0000000000000068f116a894984e2db1123eb395");
    const auto components =
        list({address(kSender), address(kZero), list({}), list({}), number(0), number(0), number(0),
              raw(eth::Bytes(32)), number(0), raw(eth::Bytes(32)), number(0)});
    auto a = only<OrderCancel>(actions_of(
        seaport, call_data("cancel((address,address,(uint8,address,uint256,uint256,uint256)[],"
                           "(uint8,address,uint256,uint256,uint256,address)[],uint8,uint256,"
                           "uint256,bytes32,uint256,bytes32,uint256)[])",
                           {list({components, components})})));
    EXPECT_EQ(a.protocol, "seaport");
    EXPECT_EQ(a.count, 2U);
    EXPECT_EQ(only<OrderCancel>(actions_of(seaport, call_data("incrementCounter()", {}))).count,
              0U);
    EXPECT_TRUE(actions_of(kToken, call_data("incrementCounter()", {})).empty());
}

const char* const kOrder =
    "(address,address,bytes32,uint256,uint256,uint8,(address,uint16),uint256)";
const char* const kExchange =
    "(uint256,bytes32[],(uint256,uint256,uint256,uint256),(uint256,uint256))";
const auto kBlurV2 = at("0xb2ecfe4e4d61f8790bbb9de2d1259b9e2410cea5");

AbiValue blur_order(const eth::Address& trader) {
    return list({address(trader), address(kToken), raw(eth::Bytes(32)), number(1), number(99),
                 number(0), list({address(kZero), number(0)}), number(5)});
}
// Of the order at `index`: token 42 of the listing, 7 of the taker, two of them at 50.
AbiValue blur_exchange(std::uint64_t index) {
    return list(
        {number(index), list({raw(eth::Bytes(32))}), numbers({0, 42, 2, 50}), numbers({7, 2})});
}

TEST(NftActions, BlurAsksAndBidsOfTheSecondExchange) {
    const auto fee = list({address(kZero), number(0)});
    const std::string one = std::string(kOrder) + "," + kExchange + ",(address,uint16),bytes";
    auto a = only<NftTrade>(actions_of(
        kBlurV2,
        call_data("takeAskSingle((" + one + ",address),bytes)",
                  {list({blur_order(kThird), blur_exchange(0), fee, raw({}), address(kSender)}),
                   raw({})}),
        100));
    EXPECT_EQ(a.protocol, "blur");
    EXPECT_EQ(a.maker, kThird);
    EXPECT_TRUE(a.maker_sells);
    EXPECT_EQ(a.collection, kToken);
    EXPECT_EQ(a.token_id, eth::U256{42});
    EXPECT_EQ(a.count, eth::U256{2});
    EXPECT_EQ(a.price, eth::U256{100});
    a = only<NftTrade>(actions_of(
        kBlurV2, call_data("takeBidSingle((" + one + "),bytes)",
                           {list({blur_order(kThird), blur_exchange(0), fee, raw({})}), raw({})})));
    EXPECT_FALSE(a.maker_sells);
    EXPECT_EQ(a.token_id, eth::U256{7}); // which one the taker chooses

    const std::string many =
        std::string(kOrder) + "[]," + kExchange + "[],(address,uint16),bytes,address";
    const auto both = actions_of(
        kBlurV2, call_data("takeAsk((" + many + "),bytes)",
                           {list({list({blur_order(kThird), blur_order(kOther)}),
                                  list({blur_exchange(1), blur_exchange(0), blur_exchange(2)}), fee,
                                  raw({}), address(kSender)}),
                            raw({})}));
    ASSERT_EQ(both.size(), 2U); // there is no third order
    EXPECT_EQ(std::get<NftTrade>(both[0]).maker, kOther);
    EXPECT_EQ(std::get<NftTrade>(both[1]).maker, kThird);
}

TEST(NftActions, BlurOrdersAreCancelledAndLoansTaken) {
    const auto cancel = only<OrderCancel>(actions_of(
        kBlurV2, call_data("cancelTrades((bytes32,uint256,uint256)[])",
                           {list({list({raw(eth::Bytes(32)), number(1), number(1)})})})));
    EXPECT_EQ(cancel.protocol, "blur");
    EXPECT_EQ(cancel.count, 1U);
    const auto blend = at("0x29469395eaf6f95920e59f858042f0e28d98a20b");
    const auto lend = only<Lend>(actions_of(
        blend, call_data("borrow((address,address,uint256,uint256,uint256,uint256,uint256,uint256,"
                         "uint256,address),bytes,uint256,uint256)",
                         {list({address(kThird), address(kToken), number(9), number(1), number(8),
                                number(9000), number(3), number(4), number(5), address(kOther)}),
                          raw({1}), number(6), number(77)})));
    EXPECT_EQ(lend.kind, LendKind::borrow);
    EXPECT_EQ(lend.market, kToken);
    EXPECT_EQ(lend.amount, eth::U256{6});
    EXPECT_EQ(lend.account, kSender);
}

TEST(NameActions, CommitmentsRegistrationsAndRenewals) {
    const auto controller = at("0x253553366da8546fc250f225fe3d25d0c782303b");
    EXPECT_EQ(
        only<Name>(actions_of(controller, call_data("commit(bytes32)", {raw(eth::Bytes(32))})))
            .kind,
        NameKind::commit);
    EXPECT_TRUE(actions_of(kToken, call_data("commit(bytes32)", {raw(eth::Bytes(32))})).empty());
    auto a = only<Name>(actions_of(
        controller,
        call_data("register(string,address,uint256,bytes32,address,bytes[],bool,uint16)",
                  {raw({'v', 'i', 'z'}), address(kOther), number(31'536'000), raw(eth::Bytes(32)),
                   address(kThird), list({}), number(1), number(0)}),
        900));
    EXPECT_EQ(a.kind, NameKind::register_);
    EXPECT_EQ(a.name, "viz");
    EXPECT_EQ(a.owner, kOther);
    EXPECT_EQ(a.duration_s, 31'536'000U);
    EXPECT_EQ(a.paid, eth::U256{900});
    a = only<Name>(actions_of(
        controller, call_data("renew(string,uint256)", {raw({0xff, '"'}), number(60)}), 5));
    EXPECT_EQ(a.kind, NameKind::renew);
    EXPECT_EQ(a.name, "0xff22"); // no name that could be shown as it stands
}

TEST(WrapActions, OfTheChainsWrappedCoinAlone) {
    auto a = only<Wrap>(actions_of(kWeth, call_data("deposit()", {}), 5));
    EXPECT_EQ(a.amount, eth::U256{5});
    EXPECT_FALSE(a.unwraps);
    a = only<Wrap>(actions_of(kWeth, call_data("withdraw(uint256)", {number(4)})));
    EXPECT_EQ(a.amount, eth::U256{4});
    EXPECT_TRUE(a.unwraps);
    EXPECT_EQ(only<Wrap>(actions_of(kWeth, {}, 3)).amount, eth::U256{3}); // it keeps what it gets
    EXPECT_TRUE(actions_of(kToken, call_data("deposit()", {}), 5).empty());
}

TEST(DeployActions, ASafeIsMadeByItsFactory) {
    const auto factory = at("0xa6b71e26c5e0845f74c812102ca7114b6a896ab2");
    const auto a = only<Deploy>(
        actions_of(factory, call_data("createProxyWithNonce(address,bytes,uint256)",
                                      {address(kThird), raw(eth::Bytes(10)), number(1)})));
    EXPECT_EQ(a.factory, factory);
    EXPECT_EQ(a.implementation, kThird);
    EXPECT_EQ(a.init_code_size, 10U);
}

} // namespace
} // namespace viz::features
