// The routes of transactions, events and what is derived from them: what they answer over a model
// that events have filled. States of the process are in api_process_test.cpp.
#include "http/api.hpp"

#include <gmock/gmock.h>

#include <set>

#include "answers.hpp"

namespace viz::test {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

void expect_error(ApiParts& parts, int status, const std::string& code, const std::string& path,
                  const std::string& query = {}) {
    const auto response = parts.get(path, query);
    EXPECT_EQ(response.status, status) << path << '?' << query;
    const auto body = json::parse(response.body);
    ASSERT_EQ(body.size(), 1u);
    ASSERT_EQ(body["error"].size(), 2u);
    EXPECT_EQ(body["error"]["code"], code) << path << '?' << query;
    EXPECT_TRUE(body["error"]["message"].is_string());
    EXPECT_NE(body["error"]["message"], "");
}

std::vector<std::uint64_t> numbers(const json& list, const char* field) {
    std::vector<std::uint64_t> out;
    for (const auto& row : list) out.push_back(row[field]);
    return out;
}

// ------------------------------------------------------------------ limits and parameters

struct Limited {
    const char* path;
    std::size_t fallback;
    std::size_t most;
};

TEST(ApiLimits, AreAsPromisedAndClampedNotRejected) {
    ApiParts parts;
    for (std::uint64_t n = 0; n < 5001; ++n) parts.feed_transaction(n);
    for (const auto& [path, fallback, most] :
         {Limited{"/events", 1000, 5000}, Limited{"/features/recent", 100, 5000},
          Limited{"/transactions", 25, 200}, Limited{"/transactions/all", 1000, 5000}}) {
        EXPECT_EQ(ok(parts, path).size(), fallback) << path;
        EXPECT_EQ(ok(parts, path, "limit=7").size(), 7u) << path;
        EXPECT_EQ(ok(parts, path, "limit=0").size(), 1u) << path;
        EXPECT_EQ(ok(parts, path, "limit=99999999").size(), most) << path;
        EXPECT_EQ(ok(parts, path, "limit=99999999999999999999999999").size(), most) << path;
    }
}

TEST(ApiLimits, OfTheDashboardAreItsOwn) {
    ApiParts parts;
    for (std::uint64_t n = 0; n < 2001; ++n) parts.feed_transaction(n);
    const auto sizes = [&](const std::string& query) {
        const auto body = ok(parts, "/dashboard/snapshot", query);
        return std::vector{body["transactions"].size(), body["feature_details"].size(),
                           body["replay"].size()};
    };
    EXPECT_THAT(sizes(""), ElementsAre(250, 600, 1000));
    EXPECT_THAT(sizes("tx_limit=3&feature_limit=4&replay_limit=60"), ElementsAre(3, 4, 60));
    EXPECT_THAT(sizes("tx_limit=0&feature_limit=0&replay_limit=0"), ElementsAre(1, 1, 50));
    EXPECT_THAT(sizes("tx_limit=9999&feature_limit=9999&replay_limit=9999"),
                ElementsAre(500, 2000, 5000));
}

TEST(ApiParameters, MalformedOnesAre400AndUnknownOnesIgnored) {
    ApiParts parts;
    parts.feed_transaction(1);
    const std::vector<std::pair<const char*, std::vector<std::string>>> known{
        {"/events", {"after", "limit", "types", "chain_id"}},
        {"/replay", {"from", "to", "stride"}},
        {"/features/recent", {"limit", "chain_id"}},
        {"/opps", {"limit", "min_score", "chain_id"}},
        {"/opps/recent", {"limit", "min_score", "chain_id"}},
        {"/transactions", {"limit", "chain_id"}},
        {"/transactions/all", {"limit", "chain_id"}},
        {"/dashboard/snapshot",
         {"tx_limit", "feature_limit", "opp_limit", "min_score", "replay_limit", "chain_id"}},
        {"/scheduler/snapshot", {"limit", "chain_id"}},
        {"/scheduler/metrics", {"chain_id"}},
        {"/stream", {"after", "types", "chain_id"}},
    };
    for (const auto& [path, names] : known) {
        EXPECT_EQ(parts.get(path, "unknown=x&limits=%zz").status, 200) << path;
        for (const auto& name : names)
            for (const auto* value : {"x", "-1", "1.5", "0x10", "%zz"})
                expect_error(parts, 400, "bad_request", path, name + "=" + value);
    }
}

// ------------------------------------------------------------------ /events

TEST(ApiEvents, AreEnvelopesInAscendingOrder) {
    ApiParts parts;
    parts.feed_transaction(1);
    const auto events = ok(parts, "/events");
    EXPECT_THAT(numbers(events, "seq_id"), ElementsAre(1, 2, 3)) << "labels are not in the log";
    for (const auto& e : events) {
        EXPECT_THAT(keys(e), testing::IsSupersetOf({"seq_id", "ingest_ts_unix_ms",
                                                    "ingest_ts_mono_ns", "source_id", "payload"}));
        EXPECT_EQ(e["payload"]["data"]["hash"], hex(1));
    }
    EXPECT_EQ(events[0]["payload"]["type"], "TxSeen");
    EXPECT_EQ(events[0]["source_id"], "node-a");
    EXPECT_EQ(events[0]["ingest_ts_unix_ms"], kStartMs + 1);
    EXPECT_EQ(events[1]["payload"]["type"], "TxDecoded");
    EXPECT_EQ(events[1]["payload"]["data"]["value_wei"], "101000000000000000000");
    EXPECT_EQ(events[2]["payload"]["type"], "TxReady");
}

TEST(ApiEvents, ArePagedByACursorThatMissesAndRepeatsNothing) {
    ApiParts parts({}, {.events = 10}); // most pages come from the record, the last from memory
    for (std::uint64_t n = 0; n < 20; ++n) parts.feed_transaction(n);
    std::uint64_t after = 0;
    std::uint64_t expected = 0;
    while (true) {
        const auto page = ok(parts, "/events", "limit=7&after=" + std::to_string(after));
        if (page.empty()) break;
        for (const auto& e : page) EXPECT_EQ(e["seq_id"], ++expected);
        after = page.back()["seq_id"];
    }
    EXPECT_EQ(expected, 60u);
    EXPECT_EQ(ok(parts, "/events", "after=1000").size(), 0u);
    EXPECT_EQ(ok(parts, "/events", "after=18446744073709551615").size(), 0u);
}

TEST(ApiEvents, ACursorBeforeTheRecordsBeginIsRefused) {
    ApiParts parts({}, {.events = 10});
    for (std::uint64_t n = 0; n < 20; ++n) parts.feed_transaction(n); // 60 events
    parts.history.forget_up_to(30);
    expect_error(parts, 410, "gone", "/events", "after=29");
    const auto reply = parts.get("/events", "after=29");
    EXPECT_THAT(reply.headers,
                testing::Contains(std::pair<std::string, std::string>("X-Oldest-Seq-Id", "31")));
    EXPECT_EQ(ok(parts, "/events", "after=30&limit=1")[0]["seq_id"], 31);
    EXPECT_EQ(ok(parts, "/events", "limit=1")[0]["seq_id"], 31) << "the beginning of what is kept";
}

TEST(ApiEvents, AreChosenByTypeAndChainFromMemoryAndFromTheRecordAlike) {
    for (const std::size_t window : {4u, 1000u}) {
        ApiParts parts({}, {.events = window});
        for (std::uint64_t n = 0; n < 10; ++n) parts.feed_transaction(n, 1 + n % 2);
        EXPECT_THAT(numbers(ok(parts, "/events", "types=txready&chain_id=2&limit=3"), "seq_id"),
                    ElementsAre(6, 12, 18));
        EXPECT_EQ(ok(parts, "/events", "types=TXSEEN,txDecoded").size(), 20u);
        EXPECT_EQ(ok(parts, "/events", "chain_id=3").size(), 0u);
        EXPECT_EQ(ok(parts, "/events", "types=BundleSubmitted").size(), 0u)
            << "known, though nothing of it has happened";
        expect_error(parts, 400, "bad_request", "/events", "types=TxSeen,TxNothing");
    }
}

// ------------------------------------------------------------------ /transactions

TEST(ApiTransactions, AreShortRowsNewestFirst) {
    ApiParts parts;
    for (std::uint64_t n = 1; n <= 3; ++n) parts.feed_transaction(n);
    parts.feed(event(bus::TxSeen{.hash = hash_of(9)})); // not decoded: not listed
    const auto rows = ok(parts, "/transactions");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0]["hash"], hex(3));
    EXPECT_EQ(rows[2]["hash"], hex(1));
    EXPECT_THAT(keys(rows[0]), UnorderedElementsAre("hash", "sender", "nonce", "tx_type",
                                                    "seen_unix_ms", "source_id"));
    EXPECT_EQ(rows[0]["sender"], eth::to_hex(address_of(3).view()));
    EXPECT_EQ(rows[0]["nonce"], 0);
    EXPECT_EQ(rows[0]["tx_type"], 2);
    EXPECT_EQ(rows[0]["seen_unix_ms"], kStartMs); // of the decoder's first sight, the earlier one
    EXPECT_EQ(rows[0]["source_id"], "node-a");
}

TEST(ApiTransactions, AreChosenByChain) {
    ApiParts parts;
    for (std::uint64_t n = 0; n < 10; ++n) parts.feed_transaction(n, n < 5 ? 1 : 10);
    for (const auto* path : {"/transactions", "/transactions/all"}) {
        EXPECT_EQ(ok(parts, path).size(), 10u);
        EXPECT_EQ(ok(parts, path, "chain_id=10").size(), 5u);
        EXPECT_EQ(ok(parts, path, "chain_id=10&limit=1")[0]["hash"], hex(9));
        EXPECT_EQ(ok(parts, path, "chain_id=1")[0]["hash"], hex(4));
        EXPECT_EQ(ok(parts, path, "chain_id=77").size(), 0u);
    }
}

const std::vector<std::string> kDetailKeys = {"hash",
                                              "peer",
                                              "first_seen_unix_ms",
                                              "seen_count",
                                              "tx_type",
                                              "sender",
                                              "to",
                                              "chain_id",
                                              "nonce",
                                              "value_wei",
                                              "gas_limit",
                                              "gas_price_wei",
                                              "max_fee_per_gas_wei",
                                              "max_priority_fee_per_gas_wei",
                                              "max_fee_per_blob_gas_wei",
                                              "calldata_len",
                                              "raw_tx_len",
                                              "lifecycle_status",
                                              "lifecycle_reason",
                                              "lifecycle_updated_unix_ms",
                                              "protocol",
                                              "category",
                                              "mev_score",
                                              "urgency_score",
                                              "feature_engine_version",
                                              "actions",
                                              "sources",
                                              "included_block",
                                              "inclusion_delay_ms"};

TEST(ApiTransaction, ShowsAllThatIsKnown) {
    ApiParts parts;
    parts.feed_transaction(5);
    parts.feed(event(bus::TxSeen{.hash = hash_of(5)}, kStartMs + 35, "node-b"));
    for (const std::string& path : {"/transactions/" + hex(5), "/tx/" + hex(5)}) {
        const auto tx = ok(parts, path);
        EXPECT_THAT(keys(tx), testing::IsSupersetOf(kDetailKeys));
        EXPECT_EQ(tx["hash"], hex(5));
        EXPECT_EQ(tx["peer"], "node-a");
        EXPECT_EQ(tx["seen_count"], 2);
        EXPECT_EQ(tx["chain_id"], 1);
        EXPECT_EQ(tx["to"], eth::to_hex(address_of(7).view()));
        EXPECT_EQ(tx["value_wei"], "105000000000000000000");
        EXPECT_EQ(tx["gas_limit"], 21000);
        EXPECT_EQ(tx["gas_price_wei"], nullptr) << "type 2 has a cap and a tip";
        EXPECT_EQ(tx["max_fee_per_gas_wei"], "30000000000");
        EXPECT_EQ(tx["max_priority_fee_per_gas_wei"], "1000000000");
        EXPECT_EQ(tx["max_fee_per_blob_gas_wei"], nullptr);
        EXPECT_EQ(tx["calldata_len"], 68);
        EXPECT_EQ(tx["raw_tx_len"], 180);
        EXPECT_EQ(tx["lifecycle_status"], "ready");
        EXPECT_EQ(tx["lifecycle_reason"], "next_nonce");
        EXPECT_EQ(tx["lifecycle_updated_unix_ms"], kStartMs + 5);
        EXPECT_EQ(tx["protocol"], "erc20");
        EXPECT_EQ(tx["category"], "transfer");
        EXPECT_EQ(tx["mev_score"], 50);
        EXPECT_EQ(tx["urgency_score"], 20);
        EXPECT_EQ(tx["feature_engine_version"], "1.0.0");
        EXPECT_EQ(tx["sources"][1]["source_id"], "node-b");
        EXPECT_EQ(tx["sources"][1]["delay_ms"], 30);
        EXPECT_EQ(tx["included_block"], nullptr);
    }
    EXPECT_EQ(ok(parts, "/transactions/all")[0], ok(parts, "/tx/" + hex(5)));
}

TEST(ApiTransaction, ShowsNullForWhatIsNotKnownYet) {
    ApiParts parts;
    parts.feed(event(bus::TxSeen{.hash = hash_of(1)}));
    const auto tx = ok(parts, "/tx/" + hex(1));
    EXPECT_THAT(keys(tx), testing::IsSupersetOf(kDetailKeys));
    EXPECT_EQ(tx["lifecycle_status"], "pending");
    const std::set<std::string> known{"hash",      "peer",     "first_seen_unix_ms",
                                      "sources",   "chain_id", "lifecycle_status",
                                      "seen_count"};
    for (const auto& name : kDetailKeys)
        EXPECT_EQ(tx[name] == nullptr, !known.contains(name)) << name;
}

TEST(ApiTransaction, WritesWeiBeyondDoublesAndLegacyPricesExactly) {
    ApiParts parts;
    auto tx = decoded(1);
    tx.tx_type = eth::TxType::legacy;
    tx.to.reset(); // creates a contract
    tx.value = eth::U256{UINT64_MAX} * eth::U256{UINT64_MAX};
    tx.max_fee_per_gas = tx.max_priority_fee_per_gas = eth::U256{9'007'199'254'740'993};
    parts.feed(event(tx));
    auto blob = decoded(2);
    blob.tx_type = eth::TxType::blob;
    blob.max_fee_per_blob_gas = eth::U256{1};
    parts.feed(event(blob));
    const auto legacy = ok(parts, "/tx/" + hex(1));
    EXPECT_EQ(legacy["value_wei"], "340282366920938463426481119284349108225");
    EXPECT_EQ(legacy["gas_price_wei"], "9007199254740993");
    EXPECT_EQ(legacy["max_fee_per_gas_wei"], nullptr);
    EXPECT_EQ(legacy["max_priority_fee_per_gas_wei"], nullptr);
    EXPECT_EQ(legacy["to"], nullptr);
    EXPECT_EQ(legacy["tx_type"], 0);
    EXPECT_EQ(ok(parts, "/tx/" + hex(2))["max_fee_per_blob_gas_wei"], "1");
}

TEST(ApiTransaction, FollowsTheLifeCycle) {
    ApiParts parts;
    parts.feed_transaction(1);
    const auto status = [&] { return ok(parts, "/tx/" + hex(1))["lifecycle_status"]; };
    parts.feed(event(bus::TxBlocked{.hash = hash_of(1), .reason = "nonce_gap"}));
    EXPECT_EQ(status(), "blocked");
    parts.feed(event(bus::TxConfirmedProvisional{
        .hash = hash_of(1), .block_number = eth::BlockNumber{77}, .inclusion_delay_ms = -3}));
    const auto included = ok(parts, "/tx/" + hex(1));
    EXPECT_EQ(included["lifecycle_status"], "confirmed_provisional");
    EXPECT_EQ(included["included_block"], 77);
    EXPECT_EQ(included["inclusion_delay_ms"], -3);
    parts.feed(event(bus::TxReorged{.hash = hash_of(1)}));
    EXPECT_EQ(status(), "pending");
    EXPECT_EQ(ok(parts, "/tx/" + hex(1))["included_block"], nullptr);
    parts.feed(event(bus::TxReplaced{.hash = hash_of(1), .replaced_by = hash_of(2)}));
    EXPECT_EQ(status(), "replaced");
    EXPECT_EQ(ok(parts, "/tx/" + hex(1))["superseded_by"], hex(2));
    parts.feed(event(bus::TxDropped{.hash = hash_of(1), .reason = "absent_from_pool"}));
    EXPECT_EQ(status(), "dropped");
    parts.feed(event(bus::TxConfirmedFinal{.hash = hash_of(1)}));
    EXPECT_EQ(status(), "confirmed_final");
}

TEST(ApiTransaction, IsFoundInTheRecordWhenTheWindowHasForgottenIt) {
    ApiParts parts({}, {.transactions = 2});
    for (std::uint64_t n = 1; n <= 5; ++n) parts.feed_transaction(n);
    EXPECT_EQ(ok(parts, "/tx/" + hex(1))["nonce"], 0);
    // A late event about it leaves a record without a body in the window.
    parts.feed(event(bus::TxConfirmedProvisional{.hash = hash_of(1)}));
    const auto tx = ok(parts, "/tx/" + hex(1));
    EXPECT_EQ(tx["nonce"], 0);
    EXPECT_EQ(tx["lifecycle_status"], "confirmed_provisional");
}

TEST(ApiTransaction, UnknownIs404AndMalformed400) {
    ApiParts parts;
    for (const auto& path : {std::string("/transactions/"), std::string("/tx/")}) {
        expect_error(parts, 404, "not_found", path + hex(1));
        for (const auto& hash : {std::string("0x12"), std::string(64, 'a'), hex(1) + "0",
                                 "0x" + std::string(64, 'g'), std::string("latest")})
            expect_error(parts, 400, "bad_request", path + hash);
    }
    auto upper = hex(1);
    std::ranges::transform(upper.begin() + 2, upper.end(), upper.begin() + 2,
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    parts.feed_transaction(1);
    EXPECT_EQ(ok(parts, "/tx/" + upper)["hash"], hex(1)) << "taken in any case, shown in lower";
}

// ------------------------------------------------------------------ /replay

TEST(ApiReplay, WithoutARangeShowsPointsNewestFirst) {
    ApiParts parts;
    EXPECT_EQ(ok(parts, "/replay"), json::array());
    for (std::uint64_t n = 0; n < 2000; ++n) parts.feed_transaction(n);
    const auto points = ok(parts, "/replay");
    EXPECT_LE(points.size(), 1000u);
    EXPECT_GE(points.size(), 500u);
    EXPECT_THAT(keys(points[0]),
                UnorderedElementsAre("seq_hi", "timestamp_unix_ms", "pending_count"));
    EXPECT_EQ(points[0]["seq_hi"], 6000);
    EXPECT_EQ(points[0]["pending_count"], 2000);
    for (std::size_t i = 1; i < points.size(); ++i)
        EXPECT_LT(points[i]["seq_hi"], points[i - 1]["seq_hi"]);
}

TEST(ApiReplay, OfARangeSumsUpWhatCameAndWent) {
    ApiParts parts;
    parts.feed_transaction(1); // 1, 2, 3
    parts.feed(event(bus::TxDropped{.hash = hash_of(1)}));
    parts.feed_transaction(2); // 5, 6, 7
    const auto replay = ok(parts, "/replay", "from=3&to=7");
    EXPECT_EQ(replay["from_seq_id"], 3);
    EXPECT_EQ(replay["to_seq_id"], 7);
    EXPECT_NE(replay["from_checkpoint_hash"], replay["to_checkpoint_hash"]);
    const auto& summary = replay["summary"];
    EXPECT_EQ(summary["from_pending_count"], 1);
    EXPECT_EQ(summary["to_pending_count"], 1);
    EXPECT_EQ(summary["added_pending_count"], 1);
    EXPECT_EQ(summary["removed_pending_count"], 1);
    EXPECT_EQ(summary["added_pending"], json({hex(2)}));
    EXPECT_EQ(summary["removed_pending"], json({hex(1)}));
    EXPECT_EQ(numbers(replay["frames"], "seq_hi"), (std::vector<std::uint64_t>{7, 6, 5, 4, 3}));
    EXPECT_EQ(numbers(ok(parts, "/replay", "from=3&to=7&stride=3")["frames"], "seq_hi"),
              (std::vector<std::uint64_t>{7, 6, 3}));
    EXPECT_EQ(ok(parts, "/replay", "from=7&to=3"), replay) << "swapped when reversed";
}

TEST(ApiReplay, RefusesHalfARangeAndUnknownNumbers) {
    ApiParts parts;
    parts.feed_transaction(1);
    expect_error(parts, 400, "bad_request", "/replay", "from=1");
    expect_error(parts, 400, "bad_request", "/replay", "to=1");
    expect_error(parts, 404, "not_found", "/replay", "from=1&to=4");
    expect_error(parts, 404, "not_found", "/replay", "from=0&to=3");
    EXPECT_EQ(parts.get("/replay", "from=1&to=3&stride=0").status, 200) << "clamped";
}

} // namespace
} // namespace viz::test
