// What the API says of labels, chains and the process itself, and the dashboard's one answer of it
// all.
#include <gmock/gmock.h>

#include "answers.hpp"
#include "http/api.hpp"

namespace viz::test {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

// ------------------------------------------------------------------ labels

TEST(ApiFeatures, AreCountedByProtocolAndCategoryLargestFirst) {
    ApiParts parts;
    EXPECT_EQ(ok(parts, "/features"), json::array());
    for (std::uint64_t n = 0; n < 5; ++n) parts.feed_transaction(n);
    EXPECT_EQ(ok(parts, "/features"),
              json::parse(R"([{"protocol":"uniswap-v2","category":"swap","count":3},
                              {"protocol":"erc20","category":"transfer","count":2}])"));
}

TEST(ApiFeatures, RecentOnesAreNewestFirst) {
    ApiParts parts;
    for (std::uint64_t n = 0; n < 4; ++n) parts.feed_transaction(n, 1 + n % 2);
    const auto rows = ok(parts, "/features/recent");
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_THAT(keys(rows[0]), UnorderedElementsAre("hash", "protocol", "category", "chain_id",
                                                    "mev_score", "urgency_score", "method_selector",
                                                    "feature_engine_version", "actions"));
    EXPECT_EQ(rows[0]["hash"], hex(3));
    EXPECT_EQ(rows[0]["chain_id"], 2);
    EXPECT_EQ(rows[0]["method_selector"], "0xa9059cbb");
    const auto of_chain = ok(parts, "/features/recent", "chain_id=1");
    ASSERT_EQ(of_chain.size(), 2u);
    EXPECT_EQ(of_chain[0]["hash"], hex(2));
    auto plain = label(9);
    plain.method_selector.reset();
    parts.feed(event(plain));
    EXPECT_EQ(ok(parts, "/features/recent", "limit=1")[0]["method_selector"], nullptr);
}

TEST(ApiFeatures, OnlyThoseOfAProtocolOrCategoryWhereAskedFor) {
    ApiParts parts;
    for (std::uint64_t n = 0; n < 4; ++n) parts.feed(event(label(n, 1 + n / 2)));
    for (const auto* query :
         {"protocol=erc20", "category=transfer", "protocol=erc20&category=transfer"}) {
        const auto rows = ok(parts, "/features/recent", query);
        ASSERT_EQ(rows.size(), 2u) << query;
        for (const auto& row : rows) EXPECT_EQ(row["protocol"], "erc20");
        EXPECT_EQ(ok(parts, "/features", query),
                  json::parse(R"([{"protocol":"erc20","category":"transfer","count":2}])"));
    }
    EXPECT_EQ(ok(parts, "/features/recent", "protocol=erc20&chain_id=2&limit=5").size(), 1u);
    EXPECT_EQ(ok(parts, "/features", "protocol=erc20&category=swap"), json::array());
    EXPECT_EQ(ok(parts, "/features/recent", "protocol=none"), json::array());
    EXPECT_EQ(parts.get("/features", "protocol=%zz").status, 400);
    EXPECT_EQ(parts.get("/features/recent", "category=%zz").status, 400);
}

TEST(ApiFeatures, ShowWhatIsAskedForInTypedFields) {
    ApiParts parts;
    parts.feed_transaction(1);
    auto swap = label(1);
    swap.actions = {
        {.type = "swap",
         .fields = {{.name = "amount", .values = {"340282366920938463463374607431768211456"}},
                    {.name = "path", .is_list = true, .values = {"0xaa", "0xbb"}}}}};
    parts.feed(event(swap));
    const auto expected = json::parse(
        R"([{"type":"swap","amount":"340282366920938463463374607431768211456","path":["0xaa","0xbb"]}])");
    EXPECT_EQ(ok(parts, "/features/recent", "limit=1")[0]["actions"], expected);
    EXPECT_EQ(ok(parts, "/transactions/" + hex(1))["actions"], expected);
    EXPECT_FALSE(ok(parts, "/dashboard/snapshot")["feature_details"][0].contains("actions"));
}

TEST(ApiPropagation, ShowsMeasuredDelaysBetweenSources) {
    ApiParts parts;
    EXPECT_EQ(ok(parts, "/propagation"), json::array());
    for (std::uint64_t n = 0; n < 100; ++n) {
        const auto at = kStartMs + static_cast<std::int64_t>(1000 * n);
        parts.feed(event(bus::TxSeen{.hash = hash_of(n)}, at, "node-a"));
        parts.feed(event(bus::TxSeen{.hash = hash_of(n)}, at + static_cast<std::int64_t>(n) + 1,
                         "node-b"));
    }
    const auto edges = ok(parts, "/propagation");
    ASSERT_EQ(edges.size(), 1u);
    EXPECT_EQ(edges[0], json::parse(R"({"source":"node-a","destination":"node-b",
        "p50_delay_ms":50.0,"p99_delay_ms":99.0,"samples":100})"));
}

// ------------------------------------------------------------------ chains

bus::EndpointStatus endpoint(const std::string& chain, const std::string& source,
                             bus::EndpointState state, std::int64_t updated = kStartMs) {
    bus::EndpointStatus status;
    status.chain_key = chain;
    status.chain_id = eth::ChainId{1};
    status.source_id = source;
    status.state = state;
    status.endpoint_count = 2;
    status.ws_url = "wss://node.example";
    status.http_url = "https://node.example";
    status.updated_unix_ms = eth::UnixMs{updated};
    return status;
}

TEST(ApiChains, ShowTheirStateInFull) {
    ApiParts parts;
    EXPECT_EQ(ok(parts, "/chains/status"), json::array());
    auto status = endpoint("mainnet", "a", bus::EndpointState::silent_timeout);
    status.endpoint_index = 1;
    status.last_pending_unix_ms = eth::UnixMs{kStartMs};
    status.last_error = "silent";
    status.rotation_count = 4;
    status.clock_skew_ms = 170;
    parts.clock.advance_ms(2500);
    parts.model.apply(status);
    const auto row = ok(parts, "/chains/mainnet/status");
    EXPECT_EQ(ok(parts, "/chains/status"), json::array({row}));
    EXPECT_EQ(row["chain_key"], "mainnet");
    EXPECT_EQ(row["chain_id"], 1);
    EXPECT_EQ(row["source_id"], "a");
    EXPECT_EQ(row["state"], "silent_timeout");
    EXPECT_EQ(row["endpoint_index"], 1);
    EXPECT_EQ(row["endpoint_count"], 2);
    EXPECT_EQ(row["ws_url"], "wss://node.example");
    EXPECT_EQ(row["http_url"], "https://node.example");
    EXPECT_EQ(row["last_pending_unix_ms"], kStartMs);
    EXPECT_EQ(row["silent_for_ms"], 2500);
    EXPECT_EQ(row["updated_unix_ms"], kStartMs);
    EXPECT_EQ(row["last_error"], "silent");
    EXPECT_EQ(row["rotation_count"], 4);
    EXPECT_EQ(row["clock_skew_ms"], 170);
}

TEST(ApiChains, ShowNullBeforeAnythingIsKnown) {
    ApiParts parts;
    parts.model.apply(endpoint("mainnet", "a", bus::EndpointState::booting));
    const auto row = ok(parts, "/chains/mainnet/status");
    for (const auto* name : {"last_pending_unix_ms", "silent_for_ms", "last_error"})
        EXPECT_EQ(row[name], nullptr) << name;
}

TEST(ApiChains, NameEveryState) {
    using enum bus::EndpointState;
    ApiParts parts;
    for (const auto& [state, name] :
         {std::pair{booting, "booting"}, std::pair{connecting, "connecting"},
          std::pair{subscribed, "subscribed"}, std::pair{silent_timeout, "silent_timeout"},
          std::pair{error, "error"}, std::pair{rotating, "rotating"},
          std::pair{disconnected, "disconnected"}}) {
        parts.model.apply(endpoint("mainnet", "a", state));
        EXPECT_EQ(ok(parts, "/chains/mainnet/status")["state"], name);
    }
    EXPECT_EQ(ok(parts, "/chains/status").size(), 1u) << "the newest replaces the one before";
}

TEST(ApiChains, KeepEndpointsFollowedAtTheSameTimeApart) {
    ApiParts parts;
    parts.model.apply(endpoint("mainnet", "a", bus::EndpointState::error, kStartMs + 9));
    parts.model.apply(endpoint("mainnet", "b", bus::EndpointState::subscribed, kStartMs + 5));
    parts.model.apply(endpoint("mainnet", "c", bus::EndpointState::rotating, kStartMs + 7));
    parts.model.apply(endpoint("base", "a", bus::EndpointState::connecting));
    const auto rows = ok(parts, "/chains/status");
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_EQ(rows[0]["chain_key"], "base");
    EXPECT_EQ(rows[1]["state"], "error");
    EXPECT_EQ(rows[2]["state"], "subscribed");
    EXPECT_EQ(rows[3]["state"], "rotating");
    EXPECT_EQ(ok(parts, "/chains/mainnet/status")["source_id"], "b")
        << "a chain is as well as its best endpoint";
}

TEST(ApiChains, UnknownIs404) {
    ApiParts parts;
    parts.model.apply(endpoint("main net", "a", bus::EndpointState::booting));
    EXPECT_EQ(parts.get("/chains/base/status").status, 404);
    EXPECT_EQ(parts.get("/chains/main%20net/status").status, 200);
    EXPECT_EQ(parts.get("/chains/%zz/status").status, 400);
}

// ------------------------------------------------------------------ the process

TEST(ApiHealth, IsOkWithWhatIsRunning) {
    ApiParts parts;
    parts.health.value = {.ready = true,
                          .components = {{"decode", "running", "inproc"}},
                          .version = "1.2.3",
                          .ingest_mode = "rpc",
                          .uptime_s = 12};
    EXPECT_EQ(ok(parts, "/health"), json::parse(R"({"status":"ok","version":"1.2.3",
        "ingest_mode":"rpc","uptime_s":12,
        "components":[{"name":"decode","state":"running","endpoint":"inproc"}]})"));
    EXPECT_EQ(parts.get("/ready").status, 200);
}

TEST(ApiHealth, Is503WithReasonsAndSinceWhen) {
    ApiParts parts;
    parts.clock.advance_ms(5000);
    parts.health.value.problems = {
        {.reason = "storage: disk is full", .since_unix_ms = eth::UnixMs{kStartMs}},
        {.reason = "every chain is down", .since_unix_ms = eth::UnixMs{kStartMs + 4000}}};
    const auto response = parts.get("/health");
    EXPECT_EQ(response.status, 503);
    const auto body = json::parse(response.body);
    EXPECT_EQ(body["status"], "degraded");
    EXPECT_EQ(body["reasons"], json({"storage: disk is full", "every chain is down"}));
    EXPECT_EQ(body["problems"],
              json::parse(R"([{"reason":"storage: disk is full","since_unix_ms":1700000000000,
                               "for_ms":5000},
                              {"reason":"every chain is down","since_unix_ms":1700000004000,
                               "for_ms":1000}])"));
}

TEST(ApiReady, Is503UntilStartUpHasFinished) {
    ApiParts parts;
    const auto response = parts.get("/ready");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(json::parse(response.body)["error"]["code"], "unavailable");
}

TEST(ApiMetrics, SnapshotShowsTheFiguresAsMeasured) {
    ApiParts parts;
    parts.figures.value = {.peer_disconnects_total = 1,
                           .ingest_lag_ms = 2.5,
                           .tx_decode_fail_total = 3,
                           .tx_decode_total = 4,
                           .tx_per_sec_current = 5.5,
                           .tx_per_sec_baseline = 6.5,
                           .storage_write_latency_ms = 7.5,
                           .clock_skew_ms = 8,
                           .queue_depth_current = 9,
                           .queue_depth_capacity = 10};
    EXPECT_EQ(ok(parts, "/metrics/snapshot"),
              json::parse(R"({"peer_disconnects_total":1,"ingest_lag_ms":2.5,
        "tx_decode_fail_total":3,"tx_decode_total":4,"tx_per_sec_current":5.5,
        "tx_per_sec_baseline":6.5,"storage_write_latency_ms":7.5,"clock_skew_ms":8.0,
        "queue_depth_current":9,"queue_depth_capacity":10})"));
}

TEST(ApiAlerts, AreTheRulesOverTheFigures) {
    ApiParts parts;
    EXPECT_EQ(ok(parts, "/alerts/evaluate"),
              json::parse(R"({"peer_churn":false,"ingest_lag":false,"decode_failure":false,
        "coverage_collapse":false,"storage_latency":false,"clock_skew":false,
        "queue_saturation":false,"search_blind":false})"));
    parts.figures.value = {.peer_disconnects_total = 25,
                           .ingest_lag_ms = 501,
                           .tx_decode_fail_total = 1,
                           .tx_per_sec_baseline = 1,
                           .storage_write_latency_ms = 251,
                           .clock_skew_ms = 151,
                           .queue_depth_current = 9,
                           .queue_depth_capacity = 10,
                           .search_blind_heads = 3};
    const auto alerts = ok(parts, "/alerts/evaluate");
    for (const auto& name : keys(alerts)) EXPECT_EQ(alerts[name], true) << name;
}

TEST(ApiMetrics, ArePrometheusText) {
    ApiParts parts;
    parts.get("/health");
    const auto response = parts.get("/metrics");
    EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(response.body, HasSubstr("# TYPE viz_api_http_requests_total counter"));
    EXPECT_THAT(response.body,
                HasSubstr("viz_api_http_request_duration_seconds_bucket{route=\"/health\""));
}

// ------------------------------------------------------------------ the pending queue

TEST(ApiScheduler, ShowsThePendingBySender) {
    ApiParts parts;
    for (const std::uint64_t n : {1u, 1001u, 2001u, 2u}) parts.feed_transaction(n);
    parts.feed(event(bus::TxBlocked{.hash = hash_of(2001)}));
    parts.feed(event(decoded(3)));
    const auto all = ok(parts, "/scheduler/snapshot");
    EXPECT_EQ(all["pending_count"], 5);
    EXPECT_EQ(all["ready_count"], 3);
    EXPECT_EQ(all["blocked_count"], 1);
    EXPECT_EQ(all["unplaced_count"], 1);
    EXPECT_EQ(all["sender_count"], 3);
    ASSERT_EQ(all["senders"].size(), 3u);
    EXPECT_EQ(all["senders"][0]["sender"], eth::to_hex(address_of(1).view()));
    EXPECT_EQ(all["senders"][0]["pending_count"], 3);
    EXPECT_EQ(all["senders"][0]["ready_count"], 2);
    EXPECT_EQ(all["senders"][0]["blocked_count"], 1);
    EXPECT_EQ(all["senders"][0]["chain_id"], 1);
    EXPECT_EQ(ok(parts, "/scheduler/snapshot", "limit=1")["senders"].size(), 1u);
}

TEST(ApiScheduler, KeepsChainsApart) {
    ApiParts parts;
    parts.feed_transaction(1, 1);
    parts.feed_transaction(1001, 10);
    parts.feed_transaction(2, 10);
    const auto of_chain = ok(parts, "/scheduler/snapshot", "chain_id=10");
    EXPECT_EQ(of_chain["pending_count"], 2);
    EXPECT_EQ(of_chain["sender_count"], 2);
    EXPECT_EQ(of_chain["senders"].size(), 2u);
    EXPECT_EQ(ok(parts, "/scheduler/snapshot")["sender_count"], 3)
        << "the same address on two chains is two accounts";
    EXPECT_EQ(ok(parts, "/scheduler/metrics", "chain_id=10")["decoded_total"], 2);
    EXPECT_EQ(ok(parts, "/scheduler/metrics", "chain_id=5")["decoded_total"], 0);
}

TEST(ApiScheduler, CountsWhatBecameOfTransactions) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 5; ++n) parts.feed_transaction(n);
    parts.feed(event(bus::TxReplaced{.hash = hash_of(1)}));
    parts.feed(event(bus::TxDropped{.hash = hash_of(2)}));
    parts.feed(event(bus::TxConfirmedProvisional{.hash = hash_of(3)}));
    parts.feed(event(bus::TxConfirmedFinal{.hash = hash_of(3)}));
    parts.feed(event(bus::TxConfirmedProvisional{.hash = hash_of(4)}));
    parts.feed(event(bus::TxReorged{.hash = hash_of(4)}));
    EXPECT_EQ(ok(parts, "/scheduler/metrics"),
              json::parse(R"({"pending_count":2,"ready_count":1,"blocked_count":0,
        "unplaced_count":1,"decoded_total":5,"ready_total":5,"blocked_total":0,
        "replaced_total":1,"dropped_total":1,"confirmed_provisional_total":2,
        "confirmed_final_total":1,"reorged_total":1,"evicted_total":0})"));
}

// ------------------------------------------------------------------ the dashboard

TEST(ApiDashboard, IsTheOtherAnswersInOne) {
    ApiParts parts;
    for (std::uint64_t n = 0; n < 10; ++n)
        parts.feed_transaction(n, 1, n < 3 ? 80 : n < 5 ? 45 : 44);
    parts.feed(event(bus::TxSeen{.hash = hash_of(9)}, kStartMs + 50, "node-b"));
    parts.model.apply(endpoint("mainnet", "a", bus::EndpointState::subscribed));
    parts.feed(event(bus::TxConfirmedProvisional{.hash = hash_of(1)}));
    parts.feed(event(bus::TxConfirmedProvisional{.hash = hash_of(2)}));
    parts.feed(event(bus::TxDropped{.hash = hash_of(3)}));
    const auto body = ok(parts, "/dashboard/snapshot");
    EXPECT_THAT(keys(body),
                UnorderedElementsAre("replay", "propagation", "opportunities", "feature_summary",
                                     "feature_details", "transactions", "chain_ingest_status",
                                     "market_stats", "latest_seq_id"));
    EXPECT_EQ(body["replay"], ok(parts, "/replay"));
    EXPECT_EQ(body["propagation"], ok(parts, "/propagation"));
    EXPECT_EQ(body["opportunities"], json::array());
    EXPECT_EQ(body["feature_summary"], ok(parts, "/features"));
    auto features = ok(parts, "/features/recent");
    for (auto& feature : features) feature.erase("actions"); // the dashboard does without them
    EXPECT_EQ(body["feature_details"], features);
    EXPECT_EQ(body["transactions"], ok(parts, "/transactions"));
    EXPECT_EQ(body["chain_ingest_status"], ok(parts, "/chains/status"));
    EXPECT_EQ(body["latest_seq_id"], parts.model.latest_seq_id());
    EXPECT_EQ(body["market_stats"],
              json::parse(R"({"total_signal_volume":10,"total_tx_count":10,"low_risk_count":5,
        "medium_risk_count":2,"high_risk_count":3,"success_rate_bps":6666})"));
}

TEST(ApiDashboard, OfAnEmptyProcessIsEmptyNotAbsent) {
    ApiParts parts;
    const auto body = ok(parts, "/dashboard/snapshot");
    EXPECT_EQ(body["replay"], json::array());
    EXPECT_EQ(body["latest_seq_id"], 0);
    EXPECT_EQ(body["market_stats"]["success_rate_bps"], 0);
}

TEST(ApiDashboard, OfOneChainLeavesTheOthersOut) {
    ApiParts parts;
    parts.feed_transaction(1, 1);
    parts.feed_transaction(2, 10);
    const auto body = ok(parts, "/dashboard/snapshot", "chain_id=10");
    EXPECT_EQ(body["transactions"], ok(parts, "/transactions", "chain_id=10"));
    EXPECT_EQ(body["feature_details"].size(), 1u);
    EXPECT_EQ(body["feature_summary"].size(), 1u);
    EXPECT_EQ(body["market_stats"]["total_tx_count"], 1);
}

} // namespace
} // namespace viz::test
