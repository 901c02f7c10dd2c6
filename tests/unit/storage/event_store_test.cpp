#include "components/storage/event_store.hpp"

#include <gtest/gtest.h>

#include "bus/event_json.hpp"
#include "components/storage/sqlite.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;

struct EventStoreTest : testing::Test {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
};

TEST_F(EventStoreTest, ANewStoreIsEmpty) {
    const auto store = open_store(path);
    EXPECT_EQ(store->latest_seq_id(), 0U);
    Reader reader(path);
    EXPECT_EQ(*reader.latest_seq_id(), 0U);
    EXPECT_EQ(*reader.oldest_seq_id(), 0U);
    EXPECT_TRUE(all_events(reader).empty());
}

TEST_F(EventStoreTest, NumbersFromOneWithoutGapsAcrossCommits) {
    const auto store = open_store(path);
    for (std::uint64_t n = 0; n < 20; ++n) append(*store, sights(n * 7, 7));
    EXPECT_EQ(store->latest_seq_id(), 140U);
    Reader reader(path);
    EXPECT_TRUE(gapless(reader));
    EXPECT_EQ(*reader.latest_seq_id(), 140U);
    EXPECT_EQ(*reader.oldest_seq_id(), 1U);
}

TEST_F(EventStoreTest, WritesTheNumberIntoTheEntryAndItsBytes) {
    const auto store = open_store(path);
    auto entries = sights(1, 3);
    ASSERT_FALSE(store->append(entries));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        EXPECT_EQ(entries[i].envelope.seq_id, i + 1);
        const auto published = bus::decode<bus::Envelope>(entries[i].payload);
        ASSERT_TRUE(published);
        EXPECT_EQ(published->seq_id, i + 1);
    }
}

TEST_F(EventStoreTest, WhatWasPublishedIsWhatIsRead) {
    const auto store = open_store(path);
    std::vector<Entry> entries{
        seen(1),
        entry(bus::TxFetched{hash_of(1), 9}, 5),
        entry(bus::TxReady{hash_of(1), address_of(1), 2, "next_nonce"}, 6, "lifecycle"),
        entry(bus::TxReorged{hash_of(1), bus::BlockNumber{3}, hash_of(3), 1}, 7, "lifecycle", 8453),
    };
    ASSERT_FALSE(store->append(entries));
    Reader reader(path);
    const auto events = all_events(reader);
    ASSERT_EQ(events.size(), entries.size());
    for (std::size_t i = 0; i < events.size(); ++i)
        EXPECT_EQ(bus::to_json(events[i]), bus::to_json(entries[i].envelope));
}

TEST_F(EventStoreTest, RecordsAreKeptAndNotNumbered) {
    const auto store = open_store(path);
    bus::Feature feature{.hash = hash_of(1), .chain_id = bus::ChainId{1}, .protocol = "erc20"};
    bus::BlockRecord block{
        .number = bus::BlockNumber{7}, .hash = hash_of(7), .parent_hash = hash_of(6)};
    std::vector<Entry> entries{seen(1), entry(feature), entry(block), seen(2)};
    ASSERT_FALSE(store->append(entries));
    EXPECT_EQ(entries[0].envelope.seq_id, 1U);
    EXPECT_EQ(entries[1].envelope.seq_id, 0U);
    EXPECT_EQ(entries[2].envelope.seq_id, 0U);
    EXPECT_EQ(entries[3].envelope.seq_id, 2U);
    Reader reader(path);
    EXPECT_EQ(all_events(reader).size(), 2U);
    const auto record = reader.transaction(hash_of(1));
    ASSERT_TRUE(record && *record && (*record)->feature);
    EXPECT_EQ((*record)->feature->protocol, "erc20");
    const auto blocks = reader.newest_blocks(bus::ChainId{1}, 10);
    ASSERT_TRUE(blocks);
    ASSERT_EQ(blocks->size(), 1U);
    EXPECT_EQ(blocks->front().number, bus::BlockNumber{7});
}

TEST_F(EventStoreTest, ARestartContinuesTheNumbers) {
    {
        const auto store = open_store(path);
        append(*store, sights(0, 5));
    }
    const auto store = open_store(path);
    EXPECT_EQ(store->latest_seq_id(), 5U);
    append(*store, sights(5, 5));
    Reader reader(path);
    EXPECT_TRUE(gapless(reader));
    EXPECT_EQ(*reader.latest_seq_id(), 10U);
}

TEST_F(EventStoreTest, AnEmptyAppendIsNothing) {
    const auto store = open_store(path);
    EXPECT_FALSE(store->append({}));
    EXPECT_EQ(store->latest_seq_id(), 0U);
}

// Another encoder may leave out a zero number; there is no room then to write one in place.
TEST_F(EventStoreTest, NumbersBytesThatHaveNoRoomForIt) {
    const auto store = open_store(path);
    auto entries = sights(1, 1);
    entries[0].payload = {1, 2, 3};
    ASSERT_FALSE(store->append(entries));
    EXPECT_EQ(bus::decode<bus::Envelope>(entries[0].payload)->seq_id, 1U);
    Reader reader(path);
    EXPECT_EQ(all_events(reader).size(), 1U);
}

TEST_F(EventStoreTest, AFullDiskFailsTheWholeAppendAndTheNextOneGoesOn) {
    const auto store = open_store(path, {.synchronous = Synchronous::normal, .max_pages = 64});
    append(*store, sights(0, 10));
    auto too_many = sights(10, 5000);
    too_many.push_back(entry(bus::TxSeen{hash_of(9999)}, 1, "a-source-nobody-knew"));
    const auto failure = store->append(too_many);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->reason, StoreError::disk_full);
    EXPECT_NE(failure->message(path).find("free space"), std::string::npos);
    EXPECT_NE(failure->message(path).find(path), std::string::npos);

    Reader reader(path);
    EXPECT_EQ(*reader.latest_seq_id(), 10U) << "all or nothing";
    EXPECT_FALSE(*reader.transaction(hash_of(10)));
    EXPECT_EQ(store->latest_seq_id(), 10U);

    std::vector<Entry> few{entry(bus::TxSeen{hash_of(9999)}, 1, "a-source-nobody-knew")};
    ASSERT_FALSE(store->append(few));
    EXPECT_EQ(few[0].envelope.seq_id, 11U);
    EXPECT_TRUE(gapless(reader));
    EXPECT_EQ(all_events(reader).back().source_id, "a-source-nobody-knew");
}

TEST_F(EventStoreTest, TheSameEntriesCanBeAppendedAgainAfterAFailure) {
    auto entries = sights(0, 3000);
    {
        const auto small = open_store(path, {.synchronous = Synchronous::normal, .max_pages = 64});
        ASSERT_TRUE(small->append(entries));
    }
    const auto store = open_store(path); // space has returned
    ASSERT_FALSE(store->append(entries));
    Reader reader(path);
    EXPECT_EQ(*reader.latest_seq_id(), 3000U);
    EXPECT_TRUE(gapless(reader));
}

TEST_F(EventStoreTest, ASecondWriterIsRefusedUntilTheFirstIsGone) {
    {
        const auto first = open_store(path);
        const auto second = EventStore::open(path);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().reason, StoreError::busy);
    }
    EXPECT_TRUE(EventStore::open(path));
}

TEST_F(EventStoreTest, PeopleCanAskTheTypedTables) {
    const auto store = open_store(path);
    append(*store,
           {seen(1, 100), entry(bus::TxSeen{hash_of(1)}, 140, "node-b"),
            entry(bus::TxReady{hash_of(1), address_of(1), 2, "next_nonce"}, 150, "lifecycle"),
            entry(bus::Feature{.hash = hash_of(1), .protocol = "erc20", .category = "transfer"})});
    append(*store,
           {entry(bus::Feature{
               .hash = hash_of(2),
               .protocol = "uniswap_v2",
               .actions = {{.type = "swap", .fields = {{.name = "amount", .values = {"5"}}}}}})});
    Connection people(path, Access::read_only, std::chrono::seconds(1));
    EXPECT_EQ(people.integer("SELECT delay_ms FROM transaction_sources "
                             "WHERE source_id = 'node-b'"),
              40);
    EXPECT_EQ(people.text("SELECT status FROM lifecycle"), "ready");
    EXPECT_EQ(people.text("SELECT category FROM features WHERE protocol = 'erc20'"), "transfer");
    EXPECT_EQ(people.text("SELECT json_extract(action, '$.amount') FROM actions "
                          "WHERE type = 'swap'"),
              "5");
    EXPECT_EQ(people.text("SELECT t.name FROM events e JOIN event_types t ON t.id = e.type "
                          "ORDER BY e.seq_id DESC LIMIT 1"),
              "TxReady");
    EXPECT_EQ(people.text("PRAGMA integrity_check"), "ok");
}

} // namespace
} // namespace viz::storage
