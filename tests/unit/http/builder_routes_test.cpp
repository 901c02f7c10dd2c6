// What the API shows of the builder: blocks to come, decisions, bundles, relays.
#include <gmock/gmock.h>

#include "answers.hpp"
#include "tests/support/opportunity_samples.hpp"

namespace viz::test {
namespace {

using testing::ElementsAre;

bus::AssemblyDecisionApplied decision(std::uint64_t candidate, const std::string& what,
                                      std::uint64_t net, std::uint64_t target = 101) {
    auto out = sample_decision();
    out.candidate_id = hash_of(candidate);
    out.decision = what;
    out.reason = what == "included" ? "profitable" : "conflict";
    out.net = bus::Wei(net);
    out.gas_used = bus::Gas{100'000};
    out.target_block = bus::BlockNumber{target};
    return out;
}

bus::BundleSubmitted submission(std::uint64_t bundle, bool accepted,
                                const std::string& relay = "http://127.0.0.1:1") {
    auto out = sample_submission();
    out.bundle_id = hash_of(bundle);
    out.candidate_ids = {hash_of(bundle + 1000)};
    out.accepted = accepted;
    out.final_state = accepted ? "accepted" : "unreachable";
    out.relay_url = relay;
    return out;
}

struct Building : ApiParts {
    json ask(const std::string& path, const std::string& query = {}) {
        return ok(*this, path, query);
    }
    std::vector<std::string> chosen() {
        std::vector<std::string> ids;
        const auto snapshot = ask("/builder/snapshot");
        for (const auto& block : snapshot["blocks"])
            for (const auto& entry : block["entries"]) ids.push_back(entry["candidate_id"]);
        return ids;
    }
    void mined(std::uint64_t number, std::uint64_t chain = 1) {
        bus::BlockRecord block;
        block.number = bus::BlockNumber{number};
        block.gas_limit = bus::Gas{30'000'000};
        block.canonical = true;
        feed(event(block, kStartMs, "lifecycle", chain));
    }
};

TEST(BuilderRoutes, NothingYetIsEmptyAndNotMadeUp) {
    Building parts;
    EXPECT_EQ(parts.ask("/builder/snapshot"), json::parse(R"({"blocks":[],"decisions":[]})"));
    EXPECT_EQ(parts.ask("/relay/dry-run/status"),
              json::parse(R"({"latest":null,"total_submissions":0,"total_accepted":0,
                              "total_failed":0})"));
    EXPECT_EQ(parts.ask("/builder/metrics")["included_total"], 0);
    EXPECT_EQ(parts.get("/bundle/latest").status, 404);
}

TEST(BuilderRoutes, TheBlockHoldsWhatWasIncludedAndNotDisplaced) {
    Building parts;
    parts.mined(100);
    parts.feed(event(decision(1, "included", 50)));
    parts.feed(event(decision(2, "included", 70)));
    parts.feed(event(decision(3, "rejected", 10)));
    parts.feed(event(decision(4, "included", 60)));
    parts.feed(event(decision(1, "displaced", 50)));
    EXPECT_THAT(parts.chosen(), ElementsAre(hex(2), hex(4)));
    const auto snapshot = parts.ask("/builder/snapshot", "limit=2");
    const auto& block = snapshot["blocks"][0];
    EXPECT_EQ(block["target_block"], 101);
    EXPECT_EQ(block["gas_used"], 200'000);
    EXPECT_EQ(block["gas_limit"], 30'000'000);
    EXPECT_EQ(block["total_net_wei"], "130");
    EXPECT_EQ(block["entries"][1]["position"], 1);
    ASSERT_EQ(snapshot["decisions"].size(), 2u);
    EXPECT_EQ(snapshot["decisions"][0]["decision"], "displaced") << "newest first";
    const auto metrics = parts.ask("/builder/metrics");
    EXPECT_EQ(metrics["included_total"], 3);
    EXPECT_EQ(metrics["displaced_total"], 1);
    EXPECT_EQ(metrics["rejected_total"], 1);
    EXPECT_EQ(metrics["blocks"][0]["total_net_wei"], "130");
}

TEST(BuilderRoutes, AnotherTargetBeginsAnotherBlock) {
    Building parts;
    parts.feed(event(decision(1, "included", 50)));
    parts.feed(event(decision(2, "included", 60, 102)));
    EXPECT_THAT(parts.chosen(), ElementsAre(hex(2)));
}

TEST(BuilderRoutes, AMinedBlockIsNoBlockToCome) {
    Building parts;
    parts.feed(event(decision(1, "included", 50)));
    parts.mined(100);
    EXPECT_THAT(parts.chosen(), ElementsAre(hex(1)));
    parts.mined(101);
    EXPECT_THAT(parts.chosen(), ElementsAre());
}

TEST(BuilderRoutes, ChainsAreApart) {
    Building parts;
    parts.feed(event(decision(1, "included", 50), kStartMs, "builder", 1));
    parts.feed(event(decision(2, "included", 60), kStartMs, "builder", 5));
    parts.mined(200, 5);
    EXPECT_THAT(parts.chosen(), ElementsAre(hex(1)));
    EXPECT_EQ(parts.ask("/builder/metrics", "chain_id=5")["included_total"], 1);
    EXPECT_EQ(parts.ask("/builder/snapshot", "chain_id=5")["decisions"].size(), 1u);
    EXPECT_EQ(parts.get("/builder/snapshot", "chain_id=x").status, 400);
    EXPECT_EQ(parts.get("/builder/metrics", "chain_id=x").status, 400);
}

TEST(BuilderRoutes, ABundleIsKnownByItsIdItsCandidatesAndAsTheLatest) {
    Building parts;
    parts.feed(event(submission(1, true)));
    parts.feed(event(submission(2, false)));
    parts.feed(event(submission(1, false, "http://127.0.0.1:2")));
    const auto by_id = parts.ask("/bundle/" + hex(1));
    EXPECT_EQ(by_id["bundle_id"], hex(1));
    EXPECT_EQ(by_id["submissions"].size(), 2u) << "one a relay";
    EXPECT_EQ(by_id["replacement_uuid"], sample_submission().replacement_uuid);
    EXPECT_EQ(by_id["target_block"], 101);
    EXPECT_EQ(parts.ask("/bundle/" + hex(1001)), by_id);
    EXPECT_EQ(parts.ask("/bundle/latest"), by_id);
    EXPECT_EQ(parts.get("/bundle/" + hex(7)).status, 404);
    EXPECT_EQ(parts.get("/bundle/nonsense").status, 400);
}

TEST(BuilderRoutes, ARelayAskedAgainIsShownOnce) {
    Building parts;
    parts.feed(event(submission(1, false)));
    parts.feed(event(submission(1, true)));
    const auto bundle = parts.ask("/bundle/latest");
    ASSERT_EQ(bundle["submissions"].size(), 1u);
    EXPECT_EQ(bundle["submissions"][0]["accepted"], true);
}

TEST(BuilderRoutes, TheStatusOfRelaysIsTheLatestSubmissionAndTotals) {
    Building parts;
    parts.feed(event(submission(1, false)));
    parts.feed(event(submission(2, true)));
    const auto status = parts.ask("/relay/dry-run/status");
    EXPECT_EQ(status["total_submissions"], 2);
    EXPECT_EQ(status["total_accepted"], 1);
    EXPECT_EQ(status["total_failed"], 1);
    const auto& latest = status["latest"];
    EXPECT_EQ(latest["accepted"], true);
    EXPECT_EQ(latest["final_state"], "accepted");
    EXPECT_EQ(latest["relay_url"], "http://127.0.0.1:1");
    EXPECT_EQ(latest["attempts"][0],
              json::parse(R"({"attempt":1,"endpoint":"http://127.0.0.1:1","http_status":503,
                              "error":"busy","latency_ms":4,"backoff_ms":5})"));
    EXPECT_EQ(latest["attempts"][1]["error"], nullptr);
}

TEST(BuilderRoutes, TheOldestBundlesAreForgotten) {
    http::ReadModelLimits limits;
    limits.bundles = 2;
    ApiParts parts({}, limits);
    for (std::uint64_t n = 1; n <= 3; ++n) parts.feed(event(submission(n, true)));
    EXPECT_EQ(parts.model.bundle(hash_of(1)), nullptr);
    EXPECT_EQ(parts.model.bundle(hash_of(1001)), nullptr);
    EXPECT_NE(parts.model.bundle(hash_of(2)), nullptr);
    EXPECT_EQ(json::parse(parts.get("/relay/dry-run/status").body)["total_submissions"], 3);
}

TEST(BuilderRoutes, WhatWasDecidedBeforeARestartIsThereAfterwards) {
    MemoryHistory history;
    history.append(event(decision(1, "included", 50)));
    history.append(event(submission(2, true)));
    http::ReadModel model(&history);
    model.rehydrate();
    const auto blocks = model.building().blocks({});
    ASSERT_EQ(blocks.size(), 1u);
    EXPECT_EQ(blocks[0].entries.size(), 1u);
    EXPECT_NE(model.bundle(hash_of(2)), nullptr);
}

} // namespace
} // namespace viz::test
