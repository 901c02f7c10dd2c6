#include "components/storage/retention.hpp"

#include <gtest/gtest.h>

#include "components/storage/sqlite.hpp"
#include "tests/support/opportunity_samples.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;
using namespace std::chrono_literals;

constexpr std::int64_t kStart = 1'700'000'000'000;

// A stretch is 100 events here, an event a second.
struct Retained : testing::Test {
    Retained() : store(open_store(path)) {}

    void add_events(std::uint64_t count) {
        std::vector<Entry> entries;
        for (std::uint64_t i = 0; i < count; ++i, ++written)
            entries.push_back(seen(written, time_of(written + 1)));
        append(*store, std::move(entries));
    }
    void add_blocks(std::uint64_t count, std::int64_t timestamp_s, std::uint64_t chain = 1) {
        std::vector<Entry> entries;
        for (std::uint64_t n = 1; n <= count; ++n)
            entries.push_back(entry(bus::BlockRecord{.number = bus::BlockNumber{n},
                                                     .hash = hash_of(n),
                                                     .parent_hash = hash_of(n - 1),
                                                     .timestamp_s = timestamp_s},
                                    kStart, "node-a", chain));
        append(*store, std::move(entries));
    }
    static std::int64_t time_of(std::uint64_t seq_id) {
        return kStart + static_cast<std::int64_t>(seq_id) * 1'000;
    }
    static std::optional<CutPoint> cut_after(std::uint64_t after) {
        const auto seq = (after / 100 + 1) * 100;
        return CutPoint{seq, bus::UnixMs{time_of(seq)}};
    }
    // Until there is nothing more to do.
    TrimCounts keep(const RetentionPolicy& policy, std::int64_t now) {
        Retention retention(*store, policy, cut_after);
        TrimCounts all;
        for (;;) {
            const auto done = retention.step(bus::UnixMs{now});
            EXPECT_TRUE(done);
            all.events += done->counts.events;
            all.transactions += done->counts.transactions;
            all.blocks += done->counts.blocks;
            all.findings += done->counts.findings;
            // Steps that only look delete nothing.
            idle = done->counts == TrimCounts{} ? idle + 1 : 0;
            if (idle > 10) return all;
        }
    }
    std::int64_t now() const { return time_of(written); }
    std::int64_t rows(const std::string& table) const {
        return Connection(path, Access::read_only, 1s).integer("SELECT count(*) FROM " + table);
    }
    std::uint64_t oldest() const { return store->extent()->oldest_seq_id; }

    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<EventStore> store;
    std::uint64_t written{};
    int idle{};
};

TEST_F(Retained, WithoutAPolicyEverythingStays) {
    add_events(1'000);
    EXPECT_EQ(keep({}, now() + 1'000'000'000).events, 0u);
    EXPECT_EQ(oldest(), 1u);
}

TEST_F(Retained, ByAgeWholeStretchesGoThatAreOlder) {
    add_events(1'000);
    EXPECT_EQ(keep({.max_age = 450s}, now()).events, 500u); // 600 is only 400 s old
    EXPECT_EQ(oldest(), 501u);
    Reader reader(path);
    EXPECT_EQ(all_events(reader).size(), 500u);
}

TEST_F(Retained, WithoutATimeAgeDeletesNothing) {
    add_events(1'000);
    Retention retention(*store, {.max_age = 1s}, cut_after);
    for (int step = 0; step < 20; ++step) ASSERT_TRUE(retention.step(std::nullopt));
    EXPECT_EQ(oldest(), 1u);
    EXPECT_EQ(keep({.max_bytes = 1}, now()).events, 900u); // size does
}

// A wrong clock gave events another time, later or earlier: what counts is by when the log itself
// says that they were written.
TEST_F(Retained, AWrongTimeInTheEventsNeitherDeletesThemNorKeepsThem) {
    const auto by_the_log = [this](std::uint64_t after) -> std::optional<CutPoint> {
        const auto seq = (after / 100 + 1) * 100;
        return CutPoint{seq, *store->written_by(seq)};
    };
    const auto add_at = [this](std::int64_t wrong_by) {
        std::vector<Entry> entries;
        for (int i = 0; i < 200; ++i, ++written)
            entries.push_back(seen(written, time_of(written + 1) + wrong_by));
        append(*store, std::move(entries));
        ASSERT_FALSE(store->note_time({.time = bus::UnixMs{now()}}));
    };
    add_at(4'000'000'000'000); // the year 2150
    add_at(-1'600'000'000'000);
    add_at(0);
    Retention retention(*store, {.max_age = 300s}, by_the_log);
    for (int step = 0; step < 20; ++step) ASSERT_TRUE(retention.step(bus::UnixMs{now()}));
    EXPECT_EQ(oldest(), 201u);
    EXPECT_EQ(store->written_by(601)->has_value(), false); // not known yet
    store.reset();
    store = open_store(path);
    EXPECT_EQ((*store->newest_time())->time.value, time_of(600));
}

TEST_F(Retained, AnEarlierTimeOfLaterEventsHoldsForThoseBefore) {
    add_events(100);
    ASSERT_FALSE(store->note_time({.time = bus::UnixMs{time_of(1'000'000)}}));
    add_events(100);
    ASSERT_FALSE(store->note_time({.time = bus::UnixMs{time_of(200)}}));
    EXPECT_EQ((*store->written_by(100))->value, time_of(200));
    EXPECT_EQ(rows("log_times"), 1);
}

// Of a log from before times were noted, the wrong clock's own events are no proof.
TEST_F(Retained, ALogWithoutTimesIsAsOldAsItsBlocksSay) {
    append(*store, {seen(1, kStart + 2 * 86'400'000)});
    add_blocks(3, kStart / 1000);
    EXPECT_EQ((*store->newest_time())->time.value, kStart);
    EXPECT_FALSE(*store->written_by(1));
}

// The oldest event that is kept is two days ahead; what belongs to those behind it stays.
TEST_F(Retained, RowsOfKeptEventsStayWhereTheOldestOfThemHasALaterTime) {
    add_events(100);
    ASSERT_FALSE(store->note_time({.time = bus::UnixMs{time_of(100)}}));
    append(*store,
           {seen(5'000, time_of(200'000)),
            entry(bus::TxDropped{.hash = hash_of(5'000), .reason = "absent"}, time_of(102))});
    written = 6'000;
    add_events(98);
    ASSERT_TRUE(store->trim({.up_to_seq_id = 100, .max_events = 1'000}));
    keep({.max_age = 1'000'000s}, now());
    EXPECT_EQ(oldest(), 101u);
    EXPECT_TRUE(*Reader(path).transaction(hash_of(5'000)));
}

TEST_F(Retained, BySizeTheOldestGoUntilItFits) {
    add_events(20'000);
    const auto before = store->extent()->used_bytes;
    const auto limit = before * 3 / 4;
    keep({.max_bytes = limit}, now());
    EXPECT_LE(store->extent()->used_bytes, limit);
    EXPECT_GT(store->extent()->used_bytes, limit * 8 / 10);
    EXPECT_EQ((oldest() - 1) % 100, 0u);
}

TEST_F(Retained, TheNewestEventStaysAndNumbersGoOn) {
    add_events(250);
    keep({.max_age = 1s, .max_bytes = 1}, now() + 1'000'000'000);
    EXPECT_EQ(oldest(), 201u);
    store.reset();
    store = open_store(path);
    EXPECT_EQ(store->latest_seq_id(), 250u);
    add_events(1);
    EXPECT_EQ(store->latest_seq_id(), 251u);
}

TEST_F(Retained, AtACutPointItselfTheNewestEventStays) {
    add_events(200);
    keep({.max_bytes = 1}, now());
    EXPECT_EQ(oldest(), 101u);
}

TEST_F(Retained, AStretchThatWasBegunIsFinished) {
    add_events(1'000);
    ASSERT_TRUE(store->trim({.up_to_seq_id = 130, .max_events = 1'000}));
    EXPECT_EQ(oldest(), 131u);
    keep({.max_age = 100'000s}, now());
    EXPECT_EQ(oldest(), 201u);
}

TEST_F(Retained, OneStepIsSmall) {
    add_events(20'000);
    Retention retention(*store, {.max_bytes = 1}, cut_after);
    EXPECT_LE(retention.step(bus::UnixMs{now()})->counts.events, 2'000u);
}

TEST_F(Retained, ATransactionGoesWhenItIsOverAndItsLastEventIsGone) {
    std::vector<Entry> entries{
        seen(1, time_of(1)), seen(2, time_of(2)), seen(3, time_of(3)),
        entry(bus::TxDropped{.hash = hash_of(1), .reason = "absent"}, time_of(4)),
        entry(bus::TxDropped{.hash = hash_of(2), .reason = "absent"}, time_of(205))};
    append(*store, std::move(entries));
    written = 1'000; // other hashes
    std::vector<Entry> more;
    for (std::uint64_t seq = 6; seq <= 300; ++seq) more.push_back(seen(1'000 + seq, time_of(seq)));
    append(*store, std::move(more));
    const auto all = rows("transactions");
    keep({.max_age = 1s}, time_of(200) + 1'100);
    EXPECT_EQ(oldest(), 201u);
    Reader reader(path);
    EXPECT_FALSE(*reader.transaction(hash_of(1)));
    EXPECT_TRUE(*reader.transaction(hash_of(2))); // dropped after the cut
    EXPECT_TRUE(*reader.transaction(hash_of(3))); // still pending
    EXPECT_EQ(rows("transactions"), all - 1);
}

// Findings about transactions are deleted with the events of their time; later findings keep
// it. The counts of parity go on.
TEST_F(Retained, FindingsGoWithTheEventsOfTheirTime) {
    const auto found = [&](std::uint64_t n, std::int64_t time) {
        auto exposure = viz::test::sample_exposure();
        exposure.hash = hash_of(n);
        auto outcome = viz::test::sample_outcome();
        outcome.candidate_id = hash_of(n);
        append(*store, {entry(outcome, time), entry(exposure, time),
                        entry(viz::test::sample_parity(), time)});
    };
    for (std::uint64_t n = 1; n <= 700; ++n) found(n, time_of(1));
    found(1, time_of(250));
    found(701, time_of(250));
    add_events(300);
    EXPECT_EQ(keep({.max_age = 1s}, time_of(200) + 1'100).findings, 699u + 699u + 700u);
    EXPECT_EQ(oldest(), 201u);
    EXPECT_EQ(rows("opportunities"), 2);
    EXPECT_EQ(rows("exposures"), 2);
    EXPECT_EQ(rows("sim_parity"), 2);
    EXPECT_EQ(Reader(path).parity_history(1, 1)->totals.mismatch, 702u);
}

TEST_F(Retained, NoStepDeletesManyFindings) {
    std::vector<Entry> old;
    for (int n = 0; n < 2'000; ++n) old.push_back(entry(viz::test::sample_parity(), time_of(1)));
    append(*store, std::move(old));
    add_events(300);
    Retention retention(*store, {.max_age = 1s}, cut_after);
    for (int step = 0; step < 100; ++step) {
        const auto done = retention.step(bus::UnixMs{now()});
        ASSERT_TRUE(done);
        EXPECT_LE(done->counts.findings, 500u);
    }
    EXPECT_EQ(rows("sim_parity"), 0);
}

TEST_F(Retained, BlocksThatAReorgMayNeedStay) {
    add_blocks(1'500, 1'600'000'000);
    add_events(300);
    EXPECT_EQ(keep({.max_age = 1s}, now()).blocks, 475u);
    EXPECT_EQ(rows("blocks"), 1'025);
}

// As a service has it: a stretch is several whole deletes of events.
TEST_F(Retained, BlocksGoAlsoWhereAStretchIsAWholeNumberOfSteps) {
    add_blocks(1'500, 1'600'000'000);
    add_events(10'100);
    Retention retention(*store, {.max_age = 1s}, [](std::uint64_t after) {
        const auto seq = (after / 10'000 + 1) * 10'000;
        return std::optional(CutPoint{seq, bus::UnixMs{time_of(seq)}});
    });
    for (int step = 0; step < 20; ++step) ASSERT_TRUE(retention.step(bus::UnixMs{now()}));
    EXPECT_EQ(oldest(), 10'001u);
    EXPECT_EQ(rows("blocks"), 1'025);
}

TEST_F(Retained, NoStepDeletesManyBlocks) {
    add_blocks(6'000, 1'600'000'000);
    add_events(300);
    Retention retention(*store, {.max_age = 1s}, cut_after);
    std::uint64_t deleted = 0;
    for (int step = 0; step < 100; ++step) {
        const auto done = retention.step(bus::UnixMs{now()});
        ASSERT_TRUE(done);
        EXPECT_LE(done->counts.blocks, 1'000u);
        deleted += done->counts.blocks;
    }
    EXPECT_EQ(deleted, 6'000u - 1'025u);
}

TEST_F(Retained, EachChainKeepsItsNewestBlocks) {
    add_blocks(1'100, 1'600'000'000, 1);
    add_blocks(1'200, 1'600'000'000, 10);
    add_blocks(1'030, 1'600'000'000, UINT64_MAX); // by bit pattern the first of all
    add_events(300);
    keep({.max_age = 1s}, now());
    EXPECT_EQ(rows("blocks"), 3 * 1'025);
}

// Each cut looks at the transactions anew: those that stay must not keep it from those behind.
TEST_F(Retained, TransactionsThatStayDoNotHideOnesThatAreOverFromFrequentCuts) {
    add_events(2'000); // pending for good
    std::vector<Entry> over;
    for (std::uint64_t n = 0; n < 500; ++n) {
        over.push_back(seen(100'000 + n, time_of(2'001)));
        over.push_back(entry(bus::TxDropped{.hash = hash_of(100'000 + n), .reason = "absent"},
                             time_of(2'001)));
    }
    append(*store, std::move(over));
    written = 200'000;
    std::vector<Entry> later;
    for (std::uint64_t seq = 3'001; seq <= 20'000; ++seq)
        later.push_back(seen(200'000 + seq, time_of(seq)));
    append(*store, std::move(later));
    Retention retention(*store, {.max_age = 1s}, cut_after);
    // Time goes on by a stretch with each two steps.
    for (std::uint64_t seq = 3'200; seq < 12'000; seq += 100)
        for (int step = 0; step < 2; ++step)
            ASSERT_TRUE(retention.step(bus::UnixMs{time_of(seq) + 2'000}));
    Reader reader(path);
    EXPECT_FALSE(*reader.transaction(hash_of(100'000)));
}

TEST_F(Retained, WithoutAStoredCheckpointNothingIsCut) {
    add_events(1'000);
    Retention retention(*store, {.max_bytes = 1},
                        [](std::uint64_t) { return std::optional<CutPoint>(); });
    EXPECT_EQ(retention.step(bus::UnixMs{now()})->counts.events, 0u);
}

} // namespace
} // namespace viz::storage
