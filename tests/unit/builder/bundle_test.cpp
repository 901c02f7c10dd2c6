// A candidate as a bundle, and a bundle as relays are asked about it.
#include "components/builder/bundle.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "components/builder/relay_request.hpp"
#include "components/eth/hex.hpp"
#include "components/evm/swapper.hpp"
#include "scene.hpp"

namespace viz::test {
namespace {

using builder::BuildHead;
using builder::Bundle;
using builder::BundleOptions;
using builder::OwnCall;
using builder::OwnSteps;
using builder::RelayMethod;
using builder::SignedTransaction;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

BuildHead build_head() {
    return {.number = bus::BlockNumber{100},
            .hash = hash_of(10'100),
            .gas_limit = bus::Gas{30'000'000},
            .timestamp_s = 1'700'000'000,
            .slot_s = 12};
}

// Our front-run, the victim 7, our back-run, and a transaction 8 behind it.
bus::Simulated sandwich() {
    auto out = simulated({.id = 1, .net = 50, .members = {7, 8}});
    const auto legs = sample_candidate().steps[0].legs;
    out.candidate.steps = {
        {.member = {}, .legs = legs},
        {.member = 0, .legs = {}},
        {.member = {}, .legs = legs},
        {.member = 1, .legs = {}},
    };
    return out;
}

json request(const Bundle& bundle, RelayMethod method, OwnSteps own = OwnSteps::omit) {
    return json::parse(builder::relay_request(bundle, method, own));
}

TEST(Bundle, HasTheStepsInOrderAndNoSignatureForOurs) {
    const auto bundle = builder::make_bundle(sandwich(), build_head(), {});
    ASSERT_EQ(bundle.steps.size(), 4u);
    EXPECT_TRUE(std::holds_alternative<OwnCall>(bundle.steps[0]));
    EXPECT_EQ(std::get<SignedTransaction>(bundle.steps[1]).raw, (bus::Bytes{2, 7}));
    EXPECT_TRUE(std::holds_alternative<OwnCall>(bundle.steps[2]));
    EXPECT_THAT(bundle.signed_hashes(), ElementsAre(hash_of(7), hash_of(8)));
    const auto leg = sample_candidate().steps[0].legs[0];
    const evm::SwapLeg expected{.kind = evm::PoolKind::v3,
                                .pool = leg.pool,
                                .token_in = leg.token_in,
                                .token_out = leg.token_out,
                                .zero_for_one = true,
                                .fee_numerator = 9975,
                                .fee_denominator = 10'000,
                                .amount_in = bus::Wei(11)};
    EXPECT_EQ(std::get<OwnCall>(bundle.steps[0]).input, evm::swapper_call({&expected, 1}));
}

TEST(Bundle, IsForTheNextBlockAndAsManyBehindItAsAsked) {
    const auto one = builder::make_bundle(sandwich(), build_head(), {});
    EXPECT_EQ(one.target_block, bus::BlockNumber{101});
    EXPECT_EQ(one.max_block, bus::BlockNumber{101});
    EXPECT_EQ(one.timestamp_s, 1'700'000'012);
    EXPECT_EQ(builder::make_bundle(sandwich(), build_head(), {.blocks = 3}).max_block,
              bus::BlockNumber{103});
    auto unknown_slot = build_head();
    unknown_slot.slot_s.reset();
    EXPECT_FALSE(builder::make_bundle(sandwich(), unknown_slot, {}).timestamp_s);
}

TEST(Bundle, OnlyWhatStandsBehindOurLastStepMayFailOrBeLeftOut) {
    const auto bundle = builder::make_bundle(sandwich(), build_head(), {});
    EXPECT_THAT(bundle.reverting_hashes, ElementsAre(hash_of(8)));
    EXPECT_THAT(bundle.dropping_hashes, ElementsAre(hash_of(8)));
    const auto theirs_alone =
        builder::make_bundle(simulated({.id = 1, .net = 5, .members = {7, 8}}), build_head(), {});
    EXPECT_THAT(theirs_alone.reverting_hashes, IsEmpty());
}

TEST(Bundle, RefundsTheFirstSenderWhereAsked) {
    const auto none = builder::make_bundle(sandwich(), build_head(), {});
    EXPECT_EQ(none.refund_percent, 0u);
    EXPECT_FALSE(none.refund_recipient);
    const auto some = builder::make_bundle(sandwich(), build_head(), {.refund_percent = 90});
    EXPECT_EQ(some.refund_percent, 90u);
    EXPECT_EQ(some.refund_recipient, address_of(7));
}

TEST(Bundle, TheReplacementUuidIsTheCandidatesAndOfVersion8) {
    const auto uuid = builder::replacement_uuid(hash_of(1));
    EXPECT_EQ(uuid, builder::replacement_uuid(hash_of(1)));
    EXPECT_NE(uuid, builder::replacement_uuid(hash_of(2)));
    EXPECT_THAT(uuid, testing::MatchesRegex(
                          "[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(Bundle, TheIdDistinguishesCandidatesAndBlocks) {
    const auto id = [](const bus::Simulated& of, const BuildHead& on) {
        return builder::make_bundle(of, on, {}).bundle_id;
    };
    auto other = sandwich();
    other.candidate.candidate_id = hash_of(2);
    auto later = build_head();
    later.number = bus::BlockNumber{101};
    EXPECT_EQ(id(sandwich(), build_head()), id(sandwich(), build_head()));
    EXPECT_NE(id(sandwich(), build_head()), id(other, build_head()));
    EXPECT_NE(id(sandwich(), build_head()), id(sandwich(), later));
}

TEST(Bundle, SaysWhyNoRelayCouldTakeIt) {
    EXPECT_EQ(builder::unfit(builder::make_bundle(sandwich(), build_head(), {})), "");
    auto arbitrage = sandwich();
    arbitrage.candidate.members.clear();
    arbitrage.candidate.steps.resize(1);
    EXPECT_EQ(builder::unfit(builder::make_bundle(arbitrage, build_head(), {})), "nothing_signed");
    auto blob = sandwich();
    blob.candidate.members[0].raw = {3, 1};
    EXPECT_EQ(builder::unfit(builder::make_bundle(blob, build_head(), {})), "blob_without_sidecar");
}

// ------------------------------------------------------------------------------- requests

TEST(RelayRequest, OfEthCallBundle) {
    const auto bundle = builder::make_bundle(sandwich(), build_head(), {});
    EXPECT_EQ(request(bundle, RelayMethod::eth_call_bundle), json::parse(R"({
        "jsonrpc": "2.0", "id": 1, "method": "eth_callBundle",
        "params": [{"txs": ["0x0207", "0x0208"], "blockNumber": "0x65",
                    "stateBlockNumber": "0x64", "timestamp": 1700000012}]})"));
}

TEST(RelayRequest, OfMevSimBundle) {
    const auto bundle =
        builder::make_bundle(sandwich(), build_head(), {.blocks = 3, .refund_percent = 90});
    auto expected = json::parse(R"({
        "jsonrpc": "2.0", "id": 1, "method": "mev_simBundle",
        "params": [{"version": "v0.1", "inclusion": {"block": "0x65", "maxBlock": "0x67"},
                    "body": [{"tx": "0x0207", "canRevert": false},
                             {"tx": "0x0208", "canRevert": true}],
                    "validity": {"refund": [{"bodyIdx": 0, "percent": 90}]},
                    "privacy": {"hints": []}},
                   {"timestamp": 1700000012}]})");
    expected["params"][1]["parentBlock"] = eth::to_hex(hash_of(10'100).view());
    EXPECT_EQ(request(bundle, RelayMethod::mev_sim_bundle), expected);
}

TEST(RelayRequest, CarriesOurStepsAsCallsOnlyWhereAsked) {
    const auto bundle = builder::make_bundle(sandwich(), build_head(), {.refund_percent = 5});
    const auto called = request(bundle, RelayMethod::eth_call_bundle, OwnSteps::calls)["params"][0];
    ASSERT_EQ(called["txs"].size(), 4u);
    const auto& call = called["txs"][0];
    EXPECT_EQ(call["input"], eth::to_hex(std::get<OwnCall>(bundle.steps[0]).input));
    EXPECT_EQ(called["stateOverrides"][call["to"].get<std::string>()]["code"],
              eth::to_hex(evm::swapper_code()));
    EXPECT_EQ(called["txs"][1], "0x0207");
    const auto shared = request(bundle, RelayMethod::mev_sim_bundle, OwnSteps::calls)["params"];
    ASSERT_EQ(shared[0]["body"].size(), 4u);
    EXPECT_EQ(shared[0]["body"][0]["tx"], call);
    EXPECT_EQ(shared[0]["validity"]["refund"][0]["bodyIdx"], 1) << "the first that is signed";
    EXPECT_EQ(shared[1]["stateOverrides"], called["stateOverrides"]);
}

TEST(RelayRequest, MethodsAreNamedAsInJsonRpc) {
    for (const auto method : {RelayMethod::eth_call_bundle, RelayMethod::mev_sim_bundle})
        EXPECT_EQ(builder::relay_method_from_string(builder::to_string(method)), method);
    EXPECT_FALSE(builder::relay_method_from_string("eth_sendBundle"))
        << "there is no way to send one";
}

} // namespace
} // namespace viz::test
