#include "components/storage/reader.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;

struct ReaderTest : testing::Test {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<EventStore> store{open_store(path)};
    Reader reader{path};

    std::vector<std::uint64_t> numbers(const EventsQuery& query) {
        std::vector<std::uint64_t> seen;
        const auto page = reader.events(query);
        if (!page) throw std::runtime_error(page.error().detail);
        for (const auto& event : *page) seen.push_back(event.seq_id);
        return seen;
    }
};

using Numbers = std::vector<std::uint64_t>;

TEST_F(ReaderTest, PagesAscendByCursor) {
    append(*store, sights(0, 10));
    EXPECT_EQ(numbers({.after = 0, .types = {}, .chain_id = {}, .limit = 4}),
              (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(numbers({.after = 4, .types = {}, .chain_id = {}, .limit = 4}),
              (Numbers{5, 6, 7, 8}));
    EXPECT_EQ(numbers({.after = 8, .types = {}, .chain_id = {}, .limit = 4}), (Numbers{9, 10}));
    EXPECT_TRUE(numbers({.after = 10, .types = {}, .chain_id = {}, .limit = 4}).empty());
    EXPECT_TRUE(numbers({.after = ~0ULL, .types = {}, .chain_id = {}, .limit = 4}).empty());
    EXPECT_TRUE(numbers({.after = 0, .types = {}, .chain_id = {}, .limit = 0}).empty());
}

TEST_F(ReaderTest, FiltersByTypeAndChain) {
    append(*store,
           {entry(bus::TxSeen{hash_of(1)}, 1, "a", 1),
            entry(bus::TxFetched{hash_of(1), 1}, 1, "a", 1),
            entry(bus::TxSeen{hash_of(2)}, 1, "a", 2), entry(bus::TxSeen{hash_of(3)}, 1, "a", 1)});
    using bus::EventType;
    EXPECT_EQ(numbers({.types = {EventType::tx_seen}, .chain_id = {}}), (Numbers{1, 3, 4}));
    EXPECT_EQ(numbers({.types = {EventType::tx_seen, EventType::tx_fetched},
                       .chain_id = bus::ChainId{1}}),
              (Numbers{1, 2, 4}));
    EXPECT_EQ(numbers({.types = {}, .chain_id = bus::ChainId{2}}), (Numbers{3}));
    EXPECT_TRUE(numbers({.types = {EventType::tx_dropped}, .chain_id = {}}).empty());
}

TEST_F(ReaderTest, FindsARareEventFarBehindTheCursor) {
    std::vector<Entry> entries;
    for (std::uint64_t n = 0; n < 120'000; ++n)
        entries.push_back(entry(bus::TxFetched{hash_of(n), 1}));
    entries.push_back(seen(1));
    append(*store, std::move(entries));
    EXPECT_EQ(numbers({.after = 3, .types = {bus::EventType::tx_seen}, .chain_id = {}}),
              (Numbers{120'001}));
}

TEST_F(ReaderTest, AnUnknownTransactionIsNothing) {
    append(*store, sights(0, 3));
    EXPECT_TRUE(*reader.transaction(hash_of(1)));
    EXPECT_FALSE(*reader.transaction(hash_of(99)));
}

TEST_F(ReaderTest, OpenTransactionsAreTheNewestUnsettledInOrderOfFirstSeen) {
    append(*store, {seen(1, 300), seen(2, 100), seen(3, 200), seen(4, 400),
                    entry(bus::TxDropped{hash_of(3), address_of(1), 1, "absent_from_pool", {}}),
                    entry(bus::TxConfirmedProvisional{
                        hash_of(4), address_of(1), 1, bus::BlockNumber{1}, hash_of(1), 1, {}})});
    const auto open = reader.open_transactions(bus::ChainId{1}, 10);
    ASSERT_TRUE(open);
    ASSERT_EQ(open->size(), 3U);
    EXPECT_EQ((*open)[0].hash, hash_of(2));
    EXPECT_EQ((*open)[1].hash, hash_of(1));
    EXPECT_EQ((*open)[2].hash, hash_of(4));
    const auto newest = reader.open_transactions(bus::ChainId{1}, 1);
    ASSERT_EQ(newest->size(), 1U);
    EXPECT_EQ(newest->front().hash, hash_of(4));
}

TEST_F(ReaderTest, RecentLosersAreTheReplacedAndDroppedAmongTheNewestRows) {
    const auto dropped = [](std::uint64_t n) {
        return entry(bus::TxDropped{hash_of(n), address_of(1), n, "absent_from_pool", {}});
    };
    append(*store,
           {seen(1, 500), seen(2, 300), seen(3, 200), seen(4, 400), dropped(1), dropped(2),
            entry(bus::TxReplaced{hash_of(4), address_of(1), 1, hash_of(3), 1000, "speed_up"})});
    const auto all = reader.recent_losers(bus::ChainId{1}, 100);
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ((*all)[0].hash, hash_of(2));
    EXPECT_EQ((*all)[1].hash, hash_of(4));
    EXPECT_EQ((*all)[2].hash, hash_of(1));
    const auto newest = reader.recent_losers(bus::ChainId{1}, 2);
    ASSERT_EQ(newest->size(), 1U);
    EXPECT_EQ(newest->front().hash, hash_of(4));
    EXPECT_TRUE(reader.recent_losers(bus::ChainId{2}, 100)->empty());
}

bus::BlockRecord block(std::uint64_t number, std::uint64_t branch, std::uint64_t parent_branch,
                       bool canonical = true) {
    return {.number = bus::BlockNumber{number},
            .hash = hash_of(1000 * branch + number),
            .parent_hash = hash_of(1000 * parent_branch + number - 1),
            .timestamp_s = static_cast<std::int64_t>(number * 12),
            .base_fee = bus::Wei{7},
            .gas_used = bus::Gas{1},
            .gas_limit = bus::Gas{2},
            .tx_count = 3,
            .canonical = canonical};
}

TEST_F(ReaderTest, NewestBlocksFollowTheCanonicalBranch) {
    append(*store, {entry(block(10, 1, 1)), entry(block(11, 1, 1)), entry(block(12, 1, 1)),
                    entry(block(12, 1, 1, false)), entry(block(11, 1, 1, false)),
                    entry(block(11, 2, 1)), entry(block(12, 2, 2)), entry(block(13, 2, 2))});
    const auto blocks = reader.newest_blocks(bus::ChainId{1}, 10);
    ASSERT_TRUE(blocks);
    ASSERT_EQ(blocks->size(), 4U);
    EXPECT_EQ((*blocks)[0].hash, hash_of(1010));
    EXPECT_EQ((*blocks)[1].hash, hash_of(2011));
    EXPECT_EQ((*blocks)[3].hash, hash_of(2013));
    EXPECT_EQ((*blocks)[3].parent_hash, hash_of(2012));
    EXPECT_EQ((*blocks)[3].timestamp_s, 156);
    EXPECT_EQ(reader.newest_blocks(bus::ChainId{1}, 2)->size(), 2U);
    EXPECT_TRUE(reader.newest_blocks(bus::ChainId{2}, 2)->empty());
}

TEST_F(ReaderTest, NewestBlocksEndWhereTheChainWasNotFollowed) {
    append(*store, {entry(block(10, 1, 1)), entry(block(20, 1, 1)), entry(block(21, 1, 1))});
    const auto blocks = reader.newest_blocks(bus::ChainId{1}, 10);
    ASSERT_EQ(blocks->size(), 2U);
    EXPECT_EQ(blocks->front().number, bus::BlockNumber{20});
}

TEST_F(ReaderTest, NewestSightsAreOldestFirst) {
    append(*store, {seen(1), seen(2), entry(bus::TxFetched{hash_of(2), 1}),
                    entry(bus::TxSeen{hash_of(3)}, 55, "node-b", 7)});
    const auto sights_ = reader.newest_sights(3);
    ASSERT_TRUE(sights_);
    ASSERT_EQ(sights_->size(), 2U);
    EXPECT_EQ((*sights_)[0].hash, hash_of(2));
    EXPECT_EQ((*sights_)[1].hash, hash_of(3));
    EXPECT_EQ((*sights_)[1].source_id, "node-b");
    EXPECT_EQ((*sights_)[1].chain_id, bus::ChainId{7});
    EXPECT_EQ((*sights_)[1].first_seen_unix_ms, bus::UnixMs{55});
    EXPECT_EQ(reader.newest_sights(1'000'000)->size(), 3U);
}

TEST_F(ReaderTest, AMissingFileIsAnAnswerNotACrash) {
    Reader nowhere(dir.file("nowhere.db"));
    const auto answer = nowhere.latest_seq_id();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, StoreError::cannot_open);
}

// Readers see whole commits only: each commit writes a sight and the row it makes, and every
// number up to the newest is there.
TEST_F(ReaderTest, SeesWholeCommitsWhileTheyAreWritten) {
    constexpr std::uint64_t kCommits = 200;
    constexpr std::uint64_t kPerCommit = 16;
    std::atomic<bool> done{false};
    std::atomic<int> broken{0};
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            std::uint64_t after = 0;
            while (!done || after < kCommits * kPerCommit) {
                const auto page =
                    reader.events({.after = after, .types = {}, .chain_id = {}, .limit = 500});
                if (!page) {
                    ++broken;
                    return;
                }
                for (const auto& event : *page) {
                    if (event.seq_id != after + 1) ++broken;
                    after = event.seq_id;
                }
                if (page->empty()) continue;
                if (*reader.latest_seq_id() % kPerCommit != 0) ++broken;
                const auto row = reader.transaction(*bus::hash_of(page->back().data));
                if (!row || !*row) ++broken;
            }
        });
    for (std::uint64_t n = 0; n < kCommits; ++n) append(*store, sights(n * kPerCommit, kPerCommit));
    done = true;
    readers.clear();
    EXPECT_EQ(broken, 0);
}

} // namespace
} // namespace viz::storage
