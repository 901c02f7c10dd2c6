#include "bus/transaction_fold.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/values.hpp"

namespace viz::bus {
namespace {

using test::address_of;
using test::hash_of;

Envelope at(std::int64_t time, EventData data, std::string source = "node-a") {
    return {.seq_id = 1,
            .ingest_ts_unix_ms = UnixMs{time},
            .ingest_ts_mono_ns = MonoNs{time},
            .source_id = std::move(source),
            .chain_id = ChainId{1},
            .data = std::move(data)};
}

TransactionRecord fold(const std::vector<Envelope>& events) {
    auto record = new_record(hash_of(1), ChainId{1});
    for (const auto& event : events) apply(record, event);
    return record;
}

const Hash kHash = hash_of(1);
const Address kSender = address_of(2);
TxSeen seen() {
    return {.hash = kHash};
}
TxReady ready() {
    return {kHash, kSender, 3, "next_nonce"};
}
TxConfirmedProvisional confirmed() {
    return {kHash, kSender, 3, BlockNumber{9}, hash_of(9), 100, 1234};
}

TEST(TransactionFold, ANewRecordIsPending) {
    const auto record = fold({at(10, seen())});
    EXPECT_EQ(to_string(record.lifecycle_status), "pending");
    EXPECT_EQ(record.first_seen_unix_ms, UnixMs{10});
    EXPECT_EQ(record.lifecycle_updated_unix_ms, UnixMs{0});
}

TEST(TransactionFold, SourcesStandInOrderOfTheirTimesNotOfArrival) {
    const auto record = fold({at(30, seen(), "c"), at(10, TxSeen{kHash, true}, "a"),
                              at(20, seen(), "b"), at(40, seen(), "a")});
    ASSERT_EQ(record.sources.size(), 3U);
    EXPECT_EQ(record.sources[0], (TransactionRecord::Source{"a", UnixMs{10}, true}));
    EXPECT_EQ(record.sources[1], (TransactionRecord::Source{"b", UnixMs{20}, false}));
    EXPECT_EQ(record.sources[2], (TransactionRecord::Source{"c", UnixMs{30}, false}));
    EXPECT_EQ(record.first_seen_unix_ms, UnixMs{10});
}

TEST(TransactionFold, AnEarlierSightingOfTheSameSourceWins) {
    const auto record = fold({at(30, seen(), "a"), at(20, seen(), "b"), at(10, seen(), "a")});
    ASSERT_EQ(record.sources.size(), 2U);
    EXPECT_EQ(record.sources[0].source_id, "a");
    EXPECT_EQ(record.sources[0].first_seen_unix_ms, UnixMs{10});
}

TEST(TransactionFold, FollowsTheLifecycle) {
    auto record = fold({at(1, seen()), at(2, TxBlocked{kHash, kSender, 3, 1, "nonce_gap"})});
    EXPECT_EQ(record.lifecycle_status, LifecycleStatus::blocked);
    EXPECT_EQ(record.lifecycle_reason, "nonce_gap");
    apply(record, at(3, ready()));
    EXPECT_EQ(record.lifecycle_status, LifecycleStatus::ready);
    apply(record, at(4, confirmed()));
    EXPECT_EQ(to_string(record.lifecycle_status), "confirmed_provisional");
    EXPECT_EQ(record.included_block, BlockNumber{9});
    EXPECT_EQ(record.included_block_hash, hash_of(9));
    EXPECT_EQ(record.inclusion_delay_ms, 1234);
    apply(record, at(5, TxConfirmedFinal{kHash, BlockNumber{9}, hash_of(9)}));
    EXPECT_EQ(to_string(record.lifecycle_status), "confirmed_final");
    EXPECT_EQ(record.inclusion_delay_ms, 1234);
    EXPECT_EQ(record.lifecycle_updated_unix_ms, UnixMs{5});
}

TEST(TransactionFold, AReorgMakesItPendingAndForgetsTheBlock) {
    auto record = fold({at(1, seen()), at(2, confirmed()),
                        at(3, TxReorged{kHash, BlockNumber{9}, hash_of(9), 1})});
    EXPECT_EQ(record.lifecycle_status, LifecycleStatus::pending);
    EXPECT_EQ(record.lifecycle_reason, "reorged");
    EXPECT_EQ(record.included_block, std::nullopt);
    EXPECT_EQ(record.included_block_hash, std::nullopt);
    EXPECT_EQ(record.inclusion_delay_ms, std::nullopt);
    apply(record, at(4, ready()));
    EXPECT_EQ(record.lifecycle_status, LifecycleStatus::ready);
}

TEST(TransactionFold, RemembersWhatTookItsPlace) {
    auto record = fold({at(1, TxReplaced{kHash, kSender, 3, hash_of(7), 1200, "speed_up"})});
    EXPECT_EQ(to_string(record.lifecycle_status), "replaced");
    EXPECT_EQ(record.superseded_by, hash_of(7));
    // Mined after all: the replacement never was.
    apply(record, at(2, confirmed()));
    EXPECT_EQ(record.superseded_by, std::nullopt);

    record = fold({at(1, TxDropped{kHash, kSender, 3, "nonce_used", hash_of(8)})});
    EXPECT_EQ(to_string(record.lifecycle_status), "dropped");
    EXPECT_EQ(record.superseded_by, hash_of(8));
    EXPECT_EQ(record.lifecycle_reason, "nonce_used");
}

TEST(TransactionFold, ProducersMayOvertakeEachOther) {
    TxDecoded decoded{};
    decoded.hash = kHash;
    decoded.sender = kSender;
    decoded.nonce = 3;
    decoded.first_seen_unix_ms = UnixMs{8};
    Feature feature{};
    feature.hash = kHash;
    feature.protocol = "erc20";
    std::vector<Envelope> events{at(9, seen(), "node-a"), at(11, decoded, "node-a"),
                                 at(12, ready(), "lifecycle"), at(13, feature, "features")};
    const auto in_order = fold(events);
    std::ranges::reverse(events);
    const auto reversed = fold(events);
    for (const auto* record : {&in_order, &reversed}) {
        EXPECT_EQ(record->first_seen_unix_ms, UnixMs{8});
        EXPECT_EQ(record->lifecycle_status, LifecycleStatus::ready);
        ASSERT_TRUE(record->decoded);
        EXPECT_EQ(record->decoded->nonce, 3U);
        ASSERT_TRUE(record->feature);
        EXPECT_EQ(record->feature->protocol, "erc20");
        EXPECT_EQ(record->sources.size(), 1U);
    }
}

TEST(TransactionFold, TheSameEventTwiceIsOnce) {
    const auto record = fold({at(1, seen()), at(1, seen()), at(2, ready()), at(2, ready())});
    EXPECT_EQ(record.sources.size(), 1U);
    EXPECT_EQ(record.lifecycle_status, LifecycleStatus::ready);
}

TEST(LifecycleStatus, NumbersAndTextsAreFixed) {
    const std::vector<std::pair<int, std::string>> expected{
        {1, "pending"},   {2, "ready"},    {3, "blocked"},         {4, "confirmed_provisional"},
        {10, "replaced"}, {11, "dropped"}, {12, "confirmed_final"}};
    for (const auto& [number, text] : expected) {
        const auto status = lifecycle_status_from_number(number);
        ASSERT_TRUE(status) << number;
        EXPECT_EQ(to_string(*status), text);
        EXPECT_EQ(is_open(*status), number < 10);
    }
    EXPECT_FALSE(lifecycle_status_from_number(0));
    EXPECT_FALSE(lifecycle_status_from_number(5));
    EXPECT_FALSE(lifecycle_status_from_number(13));
}

} // namespace
} // namespace viz::bus
