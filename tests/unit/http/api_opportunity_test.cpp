// What was found and what came of it, as clients see it.
#include <gmock/gmock.h>

#include "answers.hpp"
#include "tests/support/opportunity_samples.hpp"

namespace viz::test {
namespace {

using testing::ElementsAre;

bus::OppDetected detected(std::uint64_t n, std::uint32_t score = 50) {
    auto opportunity = sample_opportunity();
    opportunity.candidate_id = hash_of(n);
    opportunity.score = score;
    return opportunity;
}
bus::SimDispatched dispatched(std::uint64_t n) {
    return {.hash = hash_of(4),
            .sim_id = hash_of(n + 1000),
            .candidate_id = hash_of(n),
            .block_number = bus::BlockNumber{100},
            .block_hash = hash_of(2)};
}
bus::SimCompleted completed(std::uint64_t n, const bus::Wei& net,
                            std::vector<std::string> flags = {}) {
    auto done = sample_simulated().completed;
    done.sim_id = hash_of(n + 1000);
    done.candidate_id = hash_of(n);
    done.profit->net = net;
    done.profit->plain = flags.empty();
    done.flags = std::move(flags);
    return done;
}

std::vector<std::string> ids(const json& list) {
    std::vector<std::string> out;
    for (const auto& one : list) out.push_back(one["candidate_id"]);
    return out;
}

std::string status(ApiParts& parts, std::uint64_t n) {
    for (const auto& one : ok(parts, "/opps", "limit=5000"))
        if (one["candidate_id"] == hex(n)) return one["status"];
    return "not listed";
}

// ------------------------------------------------------------------ /opps

TEST(ApiOpportunities, AreAnHonestEmptyListWhileNoneIsFound) {
    ApiParts parts;
    parts.feed_transaction(1);
    for (const auto* path : {"/opps", "/opps/recent"})
        EXPECT_EQ(ok(parts, path, "limit=10&min_score=3&status=detected&chain_id=1"),
                  json::array());
    EXPECT_EQ(ok(parts, "/dashboard/snapshot")["opportunities"], json::array());
}

TEST(ApiOpportunities, ShowAllThatIsKnownOfThem) {
    ApiParts parts;
    parts.feed(event(sample_opportunity(), kStartMs, "search", 31337));
    const auto expected = json::parse(
        R"({"status":"detected","strategy":"sandwich","score":17,"protocol":"uniswap-v2",
            "category":"swap","chain_id":31337,"feature_engine_version":"7","scorer_version":"1",
            "strategy_version":"3","reasons":["victim_bound_found"],"detected_unix_ms":21,
            "block_number":100,"capital":"12","expected_profit":"15","expected_net_wei":"-16",
            "sim_id":null,"profit_wei":null,"fail_category":null,"flags":[],"outcome":null})");
    for (const auto* path : {"/opps", "/opps/recent"}) {
        auto shown = ok(parts, path).at(0);
        EXPECT_EQ(shown["tx_hash"], hex(4));
        EXPECT_EQ(shown["candidate_id"], hex(1));
        EXPECT_EQ(shown["member_tx_hashes"], json::array({hex(4)}));
        EXPECT_EQ(shown["block_hash"], hex(2));
        for (const auto& [name, value] : expected.items()) EXPECT_EQ(shown[name], value) << name;
    }
}

TEST(ApiOpportunities, AnArbitrageWithoutATransactionHasNoHash) {
    ApiParts parts;
    auto arbitrage = detected(1);
    arbitrage.hash.reset();
    arbitrage.member_hashes.clear();
    parts.feed(event(arbitrage));
    const auto shown = ok(parts, "/opps").at(0);
    EXPECT_EQ(shown["tx_hash"], nullptr);
    EXPECT_EQ(shown["member_tx_hashes"], json::array());
}

TEST(ApiOpportunities, TheirStatusMovesWithTheSimulation) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 5; ++n) parts.feed(event(detected(n)));
    EXPECT_EQ(status(parts, 1), "detected");
    for (std::uint64_t n = 1; n <= 5; ++n) parts.feed(event(dispatched(n)));
    EXPECT_EQ(status(parts, 1), "simulated");
    parts.feed(event(completed(1, bus::Wei(7))));
    parts.feed(event(completed(2, sample_loss(7))));
    auto failed = completed(3, bus::Wei(7));
    failed.success = false;
    failed.fail_category = "revert";
    parts.feed(event(failed));
    parts.feed(event(completed(4, bus::Wei(7), {"taxed_token"})));
    EXPECT_EQ(status(parts, 1), "profitable");
    EXPECT_EQ(status(parts, 2), "unprofitable");
    EXPECT_EQ(status(parts, 3), "failed");
    EXPECT_EQ(status(parts, 4), "simulated") << "a flagged profit is not shown as one";
    EXPECT_EQ(status(parts, 5), "simulated");

    const auto all = ok(parts, "/opps");
    EXPECT_THAT(ids(all), ElementsAre(hex(5), hex(4), hex(3), hex(2), hex(1))) << "newest first";
    EXPECT_EQ(all[4]["profit_wei"], "7");
    EXPECT_EQ(all[4]["sim_id"], hex(1001));
    EXPECT_EQ(all[3]["profit_wei"], "-7");
    EXPECT_EQ(all[2]["profit_wei"], nullptr);
    EXPECT_EQ(all[2]["fail_category"], "revert");
    EXPECT_EQ(all[1]["profit_wei"], "7");
    EXPECT_EQ(all[1]["flags"], json::array({"taxed_token"}));
}

TEST(ApiOpportunities, SayWhatBecameOfThem) {
    ApiParts parts;
    parts.feed(event(detected(1)));
    auto taken = sample_outcome();
    parts.feed(event(taken, kStartMs + 5));
    auto outcome = ok(parts, "/opps").at(0)["outcome"];
    EXPECT_EQ(outcome["outcome"], "taken");
    EXPECT_EQ(outcome["reason"], "speed_up");
    EXPECT_EQ(outcome["by"], hex(70));
    EXPECT_EQ(outcome["slot"]["address"], eth::to_hex(address_of(6).view()));
    EXPECT_EQ(outcome["slot"]["key"], "0x" + std::string(63, '0') + "8");
    EXPECT_EQ(outcome["coinbase_payment_wei"], "71");
    EXPECT_EQ(outcome["block_number"], 101);
    EXPECT_EQ(outcome["unix_ms"], kStartMs + 5);
    taken.outcome = "expired";
    taken.reason.clear();
    taken.by.reset();
    taken.slot.reset();
    taken.coinbase_payment.reset();
    parts.feed(event(taken));
    outcome = ok(parts, "/opps").at(0)["outcome"];
    for (const auto* name : {"reason", "by", "slot", "coinbase_payment_wei"})
        EXPECT_EQ(outcome[name], nullptr) << name;
}

TEST(ApiOpportunities, WhatBecameOfThemMayBeHeardFirst) {
    ApiParts parts;
    parts.feed(event(completed(1, bus::Wei(7))));
    parts.feed(event(sample_outcome()));
    EXPECT_EQ(ok(parts, "/opps"), json::array()) << "nothing to show yet";
    parts.feed(event(detected(1)));
    EXPECT_EQ(status(parts, 1), "profitable");
    EXPECT_EQ(ok(parts, "/opps")[0]["outcome"]["outcome"], "taken");
}

TEST(ApiOpportunities, AreFilteredByScoreStatusChainAndLimit) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 9; ++n)
        parts.feed(
            event(detected(n, static_cast<std::uint32_t>(10 * n)), kStartMs, "search", n % 3));
    parts.feed(event(completed(6, bus::Wei(7))));
    const auto shown = [&](const std::string& query) { return ids(ok(parts, "/opps", query)); };
    EXPECT_THAT(shown("limit=2"), ElementsAre(hex(9), hex(8)));
    EXPECT_THAT(shown("min_score=80"), ElementsAre(hex(9), hex(8)));
    EXPECT_THAT(shown("chain_id=1"), ElementsAre(hex(7), hex(4), hex(1)));
    EXPECT_THAT(shown("status=profitable"), ElementsAre(hex(6)));
    EXPECT_THAT(shown("status=profitable&chain_id=1"), ElementsAre());
    EXPECT_THAT(shown("status=detected&min_score=50&limit=1&chain_id=2"), ElementsAre(hex(8)));
    EXPECT_THAT(shown("limit=0"), ElementsAre(hex(9))) << "clamped";
    EXPECT_EQ(shown("limit=99999").size(), 9u);
    EXPECT_TRUE(shown("min_score=101").empty());
}

TEST(ApiOpportunities, AStatusThatIsNoneIsMalformed) {
    ApiParts parts;
    for (const auto* path : {"/opps", "/opps/recent"})
        for (const auto* value : {"x", "", "Detected", "%zz"}) {
            const auto response = parts.get(path, std::string("status=") + value);
            EXPECT_EQ(response.status, 400) << path << ' ' << value;
            EXPECT_EQ(json::parse(response.body)["error"]["code"], "bad_request");
        }
}

TEST(ApiOpportunities, TheSnapshotHasThemWithItsOwnLimit) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 700; ++n)
        parts.feed(event(detected(n, static_cast<std::uint32_t>(n % 100)), kStartMs, "search",
                         n == 700 ? 2 : 1));
    const auto shown = [&](const std::string& query) {
        return ok(parts, "/dashboard/snapshot", query)["opportunities"];
    };
    EXPECT_EQ(shown("").size(), 600u);
    EXPECT_EQ(shown("")[0]["candidate_id"], hex(700));
    EXPECT_EQ(shown("opp_limit=2000").size(), 700u);
    EXPECT_EQ(shown("opp_limit=0").size(), 1u);
    EXPECT_EQ(shown("min_score=99").size(), 7u);
    EXPECT_EQ(shown("chain_id=2").size(), 1u);
    EXPECT_EQ(ok(parts, "/dashboard/snapshot")["market_stats"]["total_signal_volume"], 0)
        << "signals are labels";
}

// ------------------------------------------------------------------ /sim

TEST(ApiSimulations, ShowWhereTheProfitComesFromAndHowSureItIs) {
    ApiParts parts;
    parts.feed(event(dispatched(1)));
    auto done = completed(1, bus::Wei(35));
    done.profit->net_base_fee_up = sample_loss(37);
    parts.feed(event(done));
    const auto shown = ok(parts, "/sim/" + hex(1001));
    EXPECT_EQ(shown["profit_wei"], "35");
    EXPECT_EQ(shown["plainly_profitable"], true);
    const auto token = eth::to_hex(address_of(7).view());
    EXPECT_EQ(shown["waterfall"], json({{"base_token", token},
                                        {"profit", "30"},
                                        {"gross_wei", "31"},
                                        {"pool_fees_wei", "32"},
                                        {"gas_cost_wei", "33"},
                                        {"bribe_wei", "34"},
                                        {"net_wei", "35"},
                                        {"own_gas", 36}}));
    EXPECT_EQ(shown["robustness"], json({{"net_base_fee_up_wei", "-37"},
                                         {"net_other_coinbase_wei", "38"},
                                         {"net_competing_swap_wei", nullptr}}));
    EXPECT_EQ(ok(parts, "/sim/" + hex(1)), shown) << "by the candidate's id";
    EXPECT_EQ(ok(parts, "/sim/latest"), shown);
}

TEST(ApiSimulations, AFlaggedProfitIsNotPlain) {
    ApiParts parts;
    parts.feed(event(dispatched(1)));
    auto done = completed(1, bus::Wei(35), {"reads_coinbase"});
    done.profit->plain = true;
    parts.feed(event(done));
    const auto shown = ok(parts, "/sim/latest");
    EXPECT_EQ(shown["plainly_profitable"], false);
    EXPECT_EQ(shown["flags"], json::array({"reads_coinbase"}));
}

TEST(ApiSimulations, OfATransactionByItselfHasNoProfit) {
    ApiParts parts;
    parts.feed(event(bus::SimDispatched{.hash = hash_of(4), .sim_id = hash_of(40)}));
    parts.feed(
        event(bus::SimCompleted{.hash = hash_of(4), .sim_id = hash_of(40), .success = true}));
    const auto shown = ok(parts, "/sim/latest");
    EXPECT_EQ(shown["status"], "succeeded");
    EXPECT_EQ(shown["plainly_profitable"], false);
    for (const auto* name : {"profit_wei", "waterfall", "robustness"})
        EXPECT_EQ(shown[name], nullptr) << name;
}

// ------------------------------------------------------------------ /sim/parity

bus::SimParity parity(std::uint64_t n, const std::string& result) {
    return {hash_of(n), result, result == "mismatch" ? "gas_used" : "", bus::BlockNumber{n},
            hash_of(n + 1)};
}

TEST(ApiParity, OfNothingClaimsNothing) {
    ApiParts parts;
    EXPECT_EQ(ok(parts, "/sim/parity"),
              json::parse(R"({"checked":0,"match":0,"mismatch":0,"unchecked":0,
                              "rolling_match_bps":null,"rolling_window":0,"worst":[]})"));
}

TEST(ApiParity, CountsAndShowsTheNewestMissesFirst) {
    ApiParts parts;
    for (const std::uint64_t n : {1u, 2u, 3u}) parts.feed(event(parity(n, "match")));
    parts.feed(event(parity(4, "mismatch"), kStartMs, "sim", 1));
    parts.feed(event(parity(5, "unchecked")));
    parts.feed(event(parity(6, "mismatch"), kStartMs, "sim", 10));
    parts.feed(event(parity(7, "match")));
    const auto shown = ok(parts, "/sim/parity");
    EXPECT_EQ(shown["checked"], 6);
    EXPECT_EQ(shown["match"], 4);
    EXPECT_EQ(shown["mismatch"], 2);
    EXPECT_EQ(shown["unchecked"], 1);
    EXPECT_EQ(shown["rolling_match_bps"], 6666);
    EXPECT_EQ(shown["rolling_window"], 6);
    EXPECT_EQ(
        shown["worst"],
        json::array(
            {{{"hash", hex(6)}, {"chain_id", 10}, {"block_number", 6}, {"differs", "gas_used"}},
             {{"hash", hex(4)}, {"chain_id", 1}, {"block_number", 4}, {"differs", "gas_used"}}}));
}

TEST(ApiParity, TheRollingShareIsOfTheNewestThousandChecked) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 500; ++n) parts.feed(event(parity(n, "mismatch")));
    for (std::uint64_t n = 501; n <= 1250; ++n) {
        parts.feed(event(parity(n, "match")));
        parts.feed(event(parity(n, "unchecked")));
    }
    const auto shown = ok(parts, "/sim/parity");
    EXPECT_EQ(shown["checked"], 1250);
    EXPECT_EQ(shown["rolling_window"], 1000);
    EXPECT_EQ(shown["rolling_match_bps"], 7500);
    EXPECT_EQ(shown["worst"].size(), 100u);
    EXPECT_EQ(shown["worst"][0]["hash"], hex(500));
}

// ------------------------------------------------------------------ exposure

TEST(ApiExposure, SaysWhatASwapCanLoseAndWhatProtectsIt) {
    ApiParts parts;
    auto exposure = sample_exposure();
    exposure.attacker_net = bus::Wei(81);
    parts.feed(event(exposure, kStartMs, "search", 31337));
    for (const std::string path : {"/tx/", "/transactions/"}) {
        const auto shown = ok(parts, path + hex(4) + "/exposure");
        EXPECT_EQ(shown, json({{"hash", hex(4)},
                               {"chain_id", 31337},
                               {"pool", eth::to_hex(address_of(6).view())},
                               {"token_out", eth::to_hex(address_of(8).view())},
                               {"amount_out", "80"},
                               {"least_out", "78"},
                               {"token_in", eth::to_hex(address_of(7).view())},
                               {"amount_in", "90"},
                               {"most_in", "90"},
                               {"loss", "2"},
                               {"loss_token", eth::to_hex(address_of(8).view())},
                               {"protecting_out", "79"},
                               {"protecting_in", nullptr},
                               {"attacker_net_wei", "81"},
                               {"candidate_id", hex(1)},
                               {"block_number", 100},
                               {"block_hash", hex(2)},
                               {"sandwichable", true},
                               {"updated_unix_ms", kStartMs}}));
    }
}

TEST(ApiExposure, OfAnExactOutputIsInTheTokenThatItPaysWith) {
    ApiParts parts;
    parts.feed(event(sample_dearer_exposure()));
    const auto shown = ok(parts, "/tx/" + hex(4) + "/exposure");
    EXPECT_EQ(shown["loss"], "5");
    EXPECT_EQ(shown["loss_token"], shown["token_in"]);
    EXPECT_EQ(shown["most_in"], "95");
    EXPECT_EQ(shown["protecting_in"], "91");
    EXPECT_EQ(shown["protecting_out"], nullptr);
}

TEST(ApiExposure, LacksTheInputWhereTheRecordLacksIt) {
    ApiParts parts;
    auto exposure = sample_exposure();
    exposure.token_in.reset();
    parts.feed(event(exposure));
    const auto shown = ok(parts, "/tx/" + hex(4) + "/exposure");
    for (const auto* field : {"token_in", "amount_in", "most_in"})
        EXPECT_EQ(shown[field], nullptr) << field;
    EXPECT_EQ(shown["loss_token"], shown["token_out"]);
}

TEST(ApiExposure, OnlyASandwichThatPaysItsGasMakesItSandwichable) {
    ApiParts parts;
    auto exposure = sample_exposure();
    for (const auto& net : {sample_loss(1), bus::Wei(0)}) {
        exposure.attacker_net = net;
        exposure.protecting_out.reset();
        exposure.candidate_id.reset();
        parts.feed(event(exposure));
        const auto shown = ok(parts, "/tx/" + hex(4) + "/exposure");
        EXPECT_EQ(shown["sandwichable"], false);
        EXPECT_EQ(shown["protecting_out"], nullptr);
        EXPECT_EQ(shown["candidate_id"], nullptr);
    }
}

TEST(ApiExposure, ThatTheWindowHasForgottenComesFromTheRecord) {
    ApiParts parts({}, {.exposures = 2});
    for (std::uint64_t n = 1; n <= 5; ++n) {
        auto exposure = sample_exposure();
        exposure.hash = hash_of(n);
        parts.feed(event(exposure));
    }
    for (std::uint64_t n = 1; n <= 5; ++n)
        EXPECT_EQ(ok(parts, "/tx/" + hex(n) + "/exposure")["hash"], hex(n));
}

TEST(ApiExposure, OfAnUnknownTransactionIs404AndOfNoHash400) {
    ApiParts parts;
    parts.feed_transaction(1);
    for (const std::string path : {"/tx/", "/transactions/"}) {
        EXPECT_EQ(parts.get(path + hex(1) + "/exposure").status, 404) << "seen, and no swap";
        EXPECT_EQ(parts.get(path + "0x12/exposure").status, 400);
        EXPECT_EQ(parts.get(path + "latest/exposure").status, 400);
    }
}

} // namespace
} // namespace viz::test
