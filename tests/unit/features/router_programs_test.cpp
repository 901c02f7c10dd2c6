// Hand-made programs of the Universal Router: whatever way the router takes to pay out, the bound
// that binds each swap is found.
#include <gtest/gtest.h>

#include "tests/unit/features/calldata.hpp"

namespace viz::features {
namespace {

const eth::Address kFees = *eth::address_from_hex("0x5555555555555555555555555555555555555555");
const eth::Address kCoin{}; // the native coin
const eth::U256 kWhole = eth::U256{1ULL << 63U} * eth::U256{1ULL << 63U} * eth::U256{1ULL << 63U} *
                         eth::U256{1ULL << 63U} * eth::U256{8}; // 2^255

struct Step {
    std::uint8_t command;
    AbiValue input;
};

std::vector<Action> run(std::vector<Step> steps, const eth::U256& value = {}) {
    eth::Bytes commands;
    std::vector<AbiValue> inputs;
    for (auto& step : steps) {
        commands.push_back(step.command);
        inputs.push_back(std::move(step.input));
    }
    return actions_of(kUniversal,
                      call_data("execute(bytes,bytes[],uint256)",
                                {raw(std::move(commands)), list(std::move(inputs)), number(99)}),
                      value);
}

std::vector<Swap> swaps_of(const std::vector<Action>& actions) {
    std::vector<Swap> swaps;
    for (const auto& action : actions)
        if (const auto* swap = std::get_if<Swap>(&action)) swaps.push_back(*swap);
    return swaps;
}

// ---- commands

Step v2(std::uint8_t command, const eth::Address& to, const eth::U256& amount,
        const eth::U256& limit, std::vector<eth::Address> path, bool user_pays) {
    std::vector<AbiValue> tokens;
    for (const auto& token : path) tokens.push_back(address(token));
    return {command, raw(encoded("(address,uint256,uint256,address[],bool)",
                                 {address(to), number(amount), number(limit), list(tokens),
                                  number(user_pays ? 1 : 0)}))};
}
Step v2_in(const eth::Address& to, const eth::U256& amount, const eth::U256& limit,
           std::vector<eth::Address> path, bool user_pays = true) {
    return v2(0x08, to, amount, limit, std::move(path), user_pays);
}
Step v2_out(const eth::Address& to, const eth::U256& amount, const eth::U256& limit,
            std::vector<eth::Address> path, bool user_pays = true) {
    return v2(0x09, to, amount, limit, std::move(path), user_pays);
}
// Through one pool of 0.05 %; written backwards for exact output.
Step v3(std::uint8_t command, const eth::Address& to, const eth::U256& amount,
        const eth::U256& limit, const eth::Address& first, const eth::Address& second,
        bool user_pays) {
    eth::Bytes path(first.bytes.begin(), first.bytes.end());
    path.insert(path.end(), {0, 1, 0xf4});
    path.insert(path.end(), second.bytes.begin(), second.bytes.end());
    return {command, raw(encoded("(address,uint256,uint256,bytes,bool)",
                                 {address(to), number(amount), number(limit), raw(path),
                                  number(user_pays ? 1 : 0)}))};
}
Step two(std::uint8_t command, const eth::Address& to, const eth::U256& amount) {
    return {command, raw(encoded("(address,uint256)", {address(to), number(amount)}))};
}
Step three(std::uint8_t command, const eth::Address& token, const eth::Address& to,
           const eth::U256& amount) {
    return {command, raw(encoded("(address,address,uint256)",
                                 {address(token), address(to), number(amount)}))};
}
Step wrap(const eth::U256& amount) {
    return two(0x0b, kItself, amount);
}
Step unwrap(const eth::Address& to, const eth::U256& least) {
    return two(0x0c, to, least);
}
Step sweep(const eth::Address& token, const eth::U256& least) {
    return three(0x04, token, kSender, least);
}
Step portion(const eth::Address& token, std::uint64_t bips) {
    return three(0x06, token, kFees, bips);
}
Step transfer(const eth::Address& token, const eth::U256& amount) {
    return three(0x05, token, kFees, amount);
}

// ---- the least that may be bought

TEST(RouterPrograms, TheMinimumOfAnUnwrapBindsWhatWasSoldForIt) {
    const auto swaps =
        swaps_of(run({v3(0x00, kItself, 1000, 0, kToken, kWeth, true), unwrap(kSender, 640)}));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].limit, eth::U256{640});
    EXPECT_EQ(swaps[0].fees, std::vector<std::uint32_t>{500});
}

TEST(RouterPrograms, AMinimumOfTheSwapThatIsHigherStays) {
    const auto swaps =
        swaps_of(run({v2_in(kItself, 1000, 700, {kToken, kWeth}), unwrap(kSender, 640)}));
    EXPECT_EQ(swaps.at(0).limit, eth::U256{700});
}

TEST(RouterPrograms, PortionAndFixedFeeComeOnTopOfWhatTheSenderGets) {
    // 1 % of the output, then 20, then at least 970: of 1000 that is just it.
    const auto swaps = swaps_of(run({v2_in(kItself, 5, 0, {kWeth, kToken}), portion(kToken, 100),
                                     transfer(kToken, 20), sweep(kToken, 970)}));
    EXPECT_EQ(swaps.at(0).limit, eth::U256{1000});
}

TEST(RouterPrograms, AFixedFeeBeforeAPortionIsTakenWhole) {
    // 20 first, then half of the rest: 970 is left of 1960.
    const auto swaps = swaps_of(run({v2_in(kItself, 5, 0, {kWeth, kToken}), transfer(kToken, 20),
                                     portion(kToken, 5000), sweep(kToken, 970)}));
    EXPECT_EQ(swaps.at(0).limit, eth::U256{1960});
}

TEST(RouterPrograms, PortionsOfFullPrecisionCountAlike) {
    // 0.3 % in parts of 10^18: 997 of 1000 are left.
    const auto swaps =
        swaps_of(run({v2_in(kItself, 5, 0, {kWeth, kToken}),
                      three(0x07, kToken, kFees, 3'000'000'000'000'000U), sweep(kToken, 997)}));
    EXPECT_EQ(swaps.at(0).limit, eth::U256{1000});
}

TEST(RouterPrograms, WrapPermitSwapPortionUnwrapAndSweepTogether) {
    const auto details = list({address(kToken), number(1000), number(77), number(0)});
    const auto actions =
        run({{0x0a, raw(encoded("(((address,uint160,uint48,uint48),address,uint256),bytes)",
                                {list({details, address(kUniversal), number(88)}), raw({1})}))},
             v2_in(kItself, 1000, 0, {kToken, kWeth}),
             unwrap(kItself, 0),
             portion(kCoin, 2500),
             sweep(kCoin, 300)});
    ASSERT_EQ(actions.size(), 2U);
    EXPECT_EQ(std::get<Permit>(actions[0]).amount, eth::U256{1000});
    EXPECT_EQ(std::get<Permit>(actions[0]).deadline, eth::U256{88});
    EXPECT_EQ(std::get<Swap>(actions[1]).limit, eth::U256{400});
    EXPECT_EQ(std::get<Swap>(actions[1]).deadline, 99U);
}

TEST(RouterPrograms, TheLastOfSwapsBehindEachOtherHasTheMinimum) {
    const auto swaps =
        swaps_of(run({v3(0x00, kItself, 1000, 0, kToken, kOther, true),
                      v2_in(kItself, kWhole, 0, {kOther, kWeth}, false), unwrap(kSender, 55)}));
    ASSERT_EQ(swaps.size(), 2U);
    EXPECT_EQ(swaps[0].amount, eth::U256{1000});
    EXPECT_EQ(swaps[0].limit, eth::U256{});
    EXPECT_TRUE(swaps[1].amount_is_balance);
    EXPECT_EQ(swaps[1].limit, eth::U256{55});
}

// ---- the most that may be sold

TEST(RouterPrograms, AnExactOutputPaidByTheRouterCostsAtMostWhatWasWrapped) {
    const auto swaps = swaps_of(run(
        {wrap(800), v2_out(kSender, 50, kWhole, {kWeth, kToken}, false), unwrap(kSender, 0)}, 800));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].kind, SwapKind::exact_out);
    EXPECT_EQ(swaps[0].amount, eth::U256{50});
    EXPECT_EQ(swaps[0].limit, eth::U256{800});
    EXPECT_TRUE(swaps[0].native_in);
}

TEST(RouterPrograms, WhatHasToComeBackIsNotThereToBeSold) {
    const auto swaps = swaps_of(run({wrap(800), v3(0x01, kSender, 50, kWhole, kToken, kWeth, false),
                                     unwrap(kItself, 0), sweep(kCoin, 120)},
                                    800));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].path, (std::vector{kWeth, kToken}));
    EXPECT_EQ(swaps[0].limit, eth::U256{680});
}

TEST(RouterPrograms, AnExactOutputThatIsUnwrappedKeepsItsAmount) {
    const auto swaps =
        swaps_of(run({v2_out(kItself, 500, 900, {kToken, kWeth}), unwrap(kItself, 500),
                      portion(kCoin, 100), sweep(kCoin, 495)}));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].amount, eth::U256{500});
    EXPECT_EQ(swaps[0].limit, eth::U256{900});
}

TEST(RouterPrograms, WhatTheSenderPaysIsNotBoundByTheRoutersHoldings) {
    const auto swaps =
        swaps_of(run({wrap(800), v2_out(kSender, 50, 5000, {kWeth, kToken}, true)}, 800));
    EXPECT_EQ(swaps.at(0).limit, eth::U256{5000});
}

TEST(RouterPrograms, APartOfWhatWasWrappedLeavesTheRestToTheNextSwap) {
    const auto swaps = swaps_of(run({wrap(1000), v2_in(kSender, 400, 1, {kWeth, kToken}, false),
                                     v2_in(kSender, kWhole, 2, {kWeth, kOther}, false)},
                                    1000));
    ASSERT_EQ(swaps.size(), 2U);
    EXPECT_EQ(swaps[1].amount, eth::U256{600});
    EXPECT_FALSE(swaps[1].amount_is_balance);
}

// ---- other content of programs

TEST(RouterPrograms, SignedAndEndlessProgramsAreRead) {
    const auto step = v2_in(kSender, 10, 9, {kToken, kWeth});
    const auto inputs = list({step.input});
    const auto hash = raw(eth::Bytes(32));
    auto swaps = swaps_of(actions_of(
        kUniversal,
        call_data("executeSigned(bytes,bytes[],bytes32,bytes32,bool,bytes32,bytes,uint256)",
                  {raw({0x08}), inputs, hash, hash, number(1), hash, raw({7}), number(123)})));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].deadline, 123U);
    swaps = swaps_of(
        actions_of(kUniversal, call_data("execute(bytes,bytes[])", {raw({0x88}), inputs})));
    ASSERT_EQ(swaps.size(), 1U); // 0x80: may revert
    EXPECT_FALSE(swaps[0].deadline);
}

TEST(RouterPrograms, TransfersOfSeveralTokensAndBridgesAreActionsOfTheirOwn) {
    const auto one = list({address(kSender), address(kUniversal), number(70), address(kToken)});
    const auto two_of = list({address(kSender), address(kOther), number(5), address(kWeth)});
    const auto actions = run(
        {{0x0d, raw(encoded("((address,address,uint160,address)[])", {list({one, two_of})}))},
         v2_in(kSender, kWhole, 1, {kToken, kWeth}, false),
         {0x40,
          raw(encoded("((address,address,address,address,address,uint256,uint256,uint256,"
                      "address,uint32,uint32,uint32,bytes,bool))",
                      {list({address(kOther), address(kSender), address(kFees), address(kWeth),
                             address(kOther), number(11), number(10), number(8453), address(kCoin),
                             number(1), number(2), number(3), raw({}), number(0)})}))}});
    ASSERT_EQ(actions.size(), 4U);
    EXPECT_EQ(std::get<Transfer>(actions[1]).to, kOther);
    EXPECT_EQ(std::get<Swap>(actions[2]).amount, eth::U256{70}); // what came in
    const auto& bridge = std::get<Bridge>(actions[3]);
    EXPECT_EQ(bridge.protocol, "across");
    EXPECT_EQ(bridge.destination, 8453U);
    EXPECT_EQ(bridge.recipient, kFees);
    EXPECT_EQ(bridge.amount, eth::U256{11});
}

// ---- Uniswap V4

AbiValue v4_single(const eth::Address& low, const eth::Address& high, bool forward,
                   const eth::U256& amount, const eth::U256& limit) {
    const auto key = list({address(low), address(high), number(500), number(10), address(kCoin)});
    return raw(
        encoded("(((address,address,uint24,int24,address),bool,uint128,uint128,bytes))",
                {list({key, number(forward ? 1 : 0), number(amount), number(limit), raw({})})}));
}
AbiValue words(std::vector<AbiValue> values) {
    std::string types = "(";
    for (std::size_t i = 0; i < values.size(); ++i) types += i == 0 ? "uint256" : ",uint256";
    return raw(encoded(types + ")", std::move(values)));
}
Step v4(const eth::Bytes& actions, std::vector<AbiValue> params) {
    return {0x10, raw(encoded("(bytes,bytes[])", {raw(actions), list(std::move(params))}))};
}

TEST(RouterProgramsV4, TheMinimumOfTakeAllBindsAfterAPortion) {
    const auto swaps = swaps_of(
        run({v4({0x06, 0x0c, 0x10, 0x0f},
                {v4_single(kToken, kWeth, true, 1000, 0), words({address(kToken), number(1000)}),
                 words({address(kWeth), address(kFees), number(100)}),
                 words({address(kWeth), number(990)})})}));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].limit, eth::U256{1000});
    EXPECT_EQ(swaps[0].recipient, kSender);
}

TEST(RouterProgramsV4, SettleAllIsTheMostAnExactOutputCosts) {
    const auto swaps =
        swaps_of(run({v4({0x08, 0x0c, 0x0f}, {v4_single(kCoin, kToken, true, 50, ~0ULL),
                                              words({address(kCoin), number(700)}),
                                              words({address(kToken), number(50)})})},
                     700));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].kind, SwapKind::exact_out);
    EXPECT_EQ(swaps[0].limit, eth::U256{700});
    EXPECT_EQ(swaps[0].amount, eth::U256{50});
    EXPECT_TRUE(swaps[0].native_in);
}

TEST(RouterProgramsV4, WhatIsPaidInBeforeIsTheAmount) {
    const auto swaps = swaps_of(
        run({v4({0x0b, 0x06, 0x0e}, {words({address(kToken), number(1234), number(1)}),
                                     v4_single(kToken, kWeth, true, 0, 5),
                                     words({address(kWeth), address(kOther), number(0)})})}));
    ASSERT_EQ(swaps.size(), 1U);
    EXPECT_EQ(swaps[0].amount, eth::U256{1234});
    EXPECT_FALSE(swaps[0].amount_is_balance);
    EXPECT_EQ(swaps[0].recipient, kOther);
}

TEST(RouterProgramsV4, WhatTheRouterTakesGoesOnInTheProgram) {
    // V2 to the router, all of it into V4, out to the router, a portion, and a sweep.
    const auto swaps = swaps_of(
        run({v2_in(kItself, 1000, 0, {kToken, kOther}),
             v4({0x0b, 0x06, 0x0e}, {words({address(kOther), number(kWhole), number(0)}),
                                     v4_single(kOther, kWeth, true, 0, 0),
                                     words({address(kWeth), address(kItself), number(0)})}),
             portion(kWeth, 5000), sweep(kWeth, 21)}));
    ASSERT_EQ(swaps.size(), 2U);
    EXPECT_TRUE(swaps[1].amount_is_balance);
    EXPECT_EQ(swaps[1].limit, eth::U256{42});
    EXPECT_EQ(swaps[0].limit, eth::U256{});
}

} // namespace
} // namespace viz::features
