// A restart goes on showing what was found, from the record's tables and its newest events.
#include <gmock/gmock.h>

#include "answers.hpp"
#include "tests/support/opportunity_samples.hpp"

namespace viz::test {
namespace {

// The same record, read anew.
json after_restart(ApiParts& parts, const std::string& path,
                   const http::ReadModelLimits& limits = {}) {
    http::ReadModel model(&parts.history, limits);
    model.rehydrate();
    http::Api api({model, parts.history, parts.figures, parts.health, parts.clock, parts.metrics},
                  {});
    const auto response = api.handle({.path = path});
    EXPECT_EQ(response.status, 200) << path << response.body;
    return json::parse(response.body);
}

void feed_candidate(ApiParts& parts, std::uint64_t n) {
    auto found = sample_opportunity();
    found.candidate_id = hash_of(n);
    parts.feed(event(found));
    parts.feed(event(bus::SimDispatched{
        .hash = hash_of(4), .sim_id = hash_of(n + 1000), .candidate_id = hash_of(n)}));
    auto done = sample_simulated().completed;
    done.sim_id = hash_of(n + 1000);
    done.candidate_id = hash_of(n);
    if (n % 3 != 0) parts.feed(event(done));
    auto outcome = sample_outcome();
    outcome.candidate_id = hash_of(n);
    if (n % 2 == 0) parts.feed(event(outcome));
}

TEST(FindingsAfterARestart, AreThoseThatWereShown) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 40; ++n) {
        feed_candidate(parts, n);
        auto parity = sample_parity();
        parity.result = n % 4 == 0 ? "mismatch" : "match";
        parts.feed(event(parity));
    }
    parts.feed(event(sample_exposure()));
    for (const auto& path :
         {std::string("/opps"), std::string("/sim/parity"), std::string("/sim/latest"),
          "/sim/" + hex(5), "/tx/" + hex(4) + "/exposure"})
        EXPECT_EQ(after_restart(parts, path), ok(parts, path)) << path;
    EXPECT_EQ(ok(parts, "/opps").size(), 40u);
}

TEST(FindingsAfterARestart, ReachFurtherBackThanTheWindowOfEvents) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 10; ++n) feed_candidate(parts, n);
    for (std::uint64_t n = 1; n <= 50; ++n) parts.feed_transaction(n);
    EXPECT_EQ(after_restart(parts, "/opps", {.events = 5}), ok(parts, "/opps"));
}

TEST(FindingsAfterARestart, SimulationsAndBuildingReachFurtherBackThanTheWindowToo) {
    ApiParts parts;
    bus::BlockRecord block{.number = bus::BlockNumber{100}, .gas_limit = bus::Gas{30'000'000}};
    parts.feed(event(block));
    for (std::uint64_t n = 1; n <= 10; ++n) feed_candidate(parts, n);
    for (const auto* what : {"included", "rejected"}) {
        auto decision = sample_decision();
        decision.decision = what;
        parts.feed(event(decision));
    }
    parts.feed(event(sample_submission()));
    auto refused = sample_submission();
    refused.accepted = false;
    refused.final_state = "rejected";
    refused.relay_url = "http://127.0.0.1:2";
    parts.feed(event(refused));
    for (std::uint64_t n = 1; n <= 50; ++n) parts.feed_transaction(n);
    for (const auto& path : {std::string("/sim/latest"), "/sim/" + hex(1001), "/sim/" + hex(1),
                             std::string("/bundle/latest"), "/bundle/" + hex(60),
                             "/bundle/" + hex(1), std::string("/relay/dry-run/status"),
                             std::string("/builder/snapshot"), std::string("/builder/metrics")}) {
        EXPECT_EQ(after_restart(parts, path, {.events = 5}), ok(parts, path)) << path;
        EXPECT_EQ(after_restart(parts, path), ok(parts, path)) << path << ", within the window";
    }
}

// Nobody was there to say that it was mined.
TEST(FindingsAfterARestart, ABlockThatWasMinedIsNoLongerToCome) {
    ApiParts parts;
    auto decision = sample_decision();
    decision.decision = "included";
    parts.feed(event(decision));
    ASSERT_EQ(ok(parts, "/builder/snapshot")["blocks"][0]["entries"].size(), 1u);
    parts.history.append(event(bus::BlockRecord{.number = decision.target_block}));
    EXPECT_TRUE(after_restart(parts, "/builder/snapshot")["blocks"][0]["entries"].empty());
}

// The window then has events of candidates that the board has no room for: they take nobody's
// place.
TEST(FindingsAfterARestart, AreTheNewestWithAllThatIsKnownOfThem) {
    ApiParts parts({}, {.opportunities = 3});
    for (std::uint64_t n = 1; n <= 10; ++n) feed_candidate(parts, n);
    const auto shown = ok(parts, "/opps");
    ASSERT_EQ(shown.size(), 3u);
    EXPECT_EQ(shown[0]["outcome"]["outcome"], "taken");
    EXPECT_EQ(after_restart(parts, "/opps", {.opportunities = 3}), shown);
}

TEST(FindingsAfterARestart, GoOnWithTheNextMessage) {
    ApiParts parts;
    feed_candidate(parts, 3);
    http::ReadModel model(&parts.history);
    model.rehydrate();
    auto done = sample_simulated().completed;
    done.sim_id = hash_of(1003);
    done.candidate_id = hash_of(3);
    model.apply(parts.history.append(event(done)));
    std::optional<bus::OppStatus> status;
    model.opportunities().newest_first({}, [&](const bus::OpportunityRecord& record) {
        if (record.candidate_id == hash_of(3)) status = record.status;
        return !status;
    });
    EXPECT_EQ(status, bus::OppStatus::unprofitable);
}

TEST(FindingsBounds, WhatMadeRoomIsAnsweredFromTheRecord) {
    ApiParts parts({}, {.simulations = 2, .bundles = 2});
    for (std::uint64_t n = 1; n <= 10; ++n) {
        feed_candidate(parts, n);
        auto tried = sample_submission();
        tried.bundle_id = hash_of(n + 2000);
        tried.candidate_ids = {hash_of(n)};
        parts.feed(event(tried));
    }
    EXPECT_EQ(ok(parts, "/sim/" + hex(1001))["sim_id"], hex(1001));
    EXPECT_EQ(ok(parts, "/sim/" + hex(1)), ok(parts, "/sim/" + hex(1001)));
    EXPECT_EQ(ok(parts, "/bundle/" + hex(2001))["bundle_id"], hex(2001));
    EXPECT_EQ(ok(parts, "/bundle/" + hex(1)), ok(parts, "/bundle/" + hex(2001)));
    EXPECT_EQ(parts.get("/sim/" + hex(999)).status, 404);
    EXPECT_EQ(parts.get("/bundle/" + hex(999)).status, 404);
}

TEST(FindingsBounds, TheOldestMakeRoomAndLateWordsBringNoneBack) {
    ApiParts parts({}, {.transactions = 4, .opportunities = 3});
    for (std::uint64_t n = 1; n <= 10; ++n) feed_candidate(parts, n);
    auto late = sample_outcome();
    late.candidate_id = hash_of(1);
    parts.feed(event(late));
    EXPECT_EQ(ok(parts, "/opps").size(), 3u);
    EXPECT_EQ(ok(parts, "/opps")[2]["candidate_id"], hex(8));
}

// They name a transaction, and are no sign of it.
TEST(FindingsBounds, TakeNoPlaceOfTransactions) {
    ApiParts parts({}, {.transactions = 2});
    parts.feed_transaction(1);
    parts.feed_transaction(2);
    for (std::uint64_t n = 10; n < 20; ++n) {
        auto exposure = sample_exposure();
        exposure.hash = hash_of(n);
        parts.feed(event(exposure));
        auto parity = sample_parity();
        parity.hash = hash_of(n);
        parts.feed(event(parity));
    }
    EXPECT_EQ(ok(parts, "/transactions").size(), 2u);
}

} // namespace
} // namespace viz::test
