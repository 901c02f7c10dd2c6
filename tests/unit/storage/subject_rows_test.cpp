// Events of the log by the simulation, candidate or bundle that they are about, and counts of what
// the builder decided: both go on over a migration, and the second over retention.
#include <gtest/gtest.h>

#include "components/storage/schema.hpp"
#include "components/storage/sqlite.hpp"
#include "tests/support/opportunity_samples.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;
using viz::test::sample_decision;
using viz::test::sample_simulated;
using viz::test::sample_submission;

constexpr std::array kSimulating{bus::EventType::sim_dispatched, bus::EventType::sim_completed};
constexpr std::array kSubmitting{bus::EventType::bundle_submitted};

struct Subjects : testing::Test {
    // A candidate's simulation and the trial of its bundle: events 3n + 1 to 3n + 3 of a new log.
    static std::vector<Entry> story(std::uint64_t n) {
        auto done = sample_simulated().completed;
        done.sim_id = hash_of(n + 1'000);
        done.candidate_id = hash_of(n);
        auto tried = sample_submission();
        tried.bundle_id = hash_of(n + 2'000);
        tried.candidate_ids = {hash_of(n)};
        return {entry(bus::SimDispatched{.sim_id = done.sim_id, .candidate_id = hash_of(n)}),
                entry(done), entry(tried)};
    }
    void tell(std::uint64_t stories) {
        for (std::uint64_t n = 0; n < stories; ++n) append(*store, story(n));
    }
    static std::vector<std::uint64_t> numbers(const std::vector<bus::Envelope>& events) {
        std::vector<std::uint64_t> out;
        for (const auto& event : events) out.push_back(event.seq_id);
        return out;
    }
    std::vector<std::uint64_t> about(std::uint64_t id, std::span<const bus::EventType> types,
                                     std::size_t limit = 100) {
        return numbers(*reader.events_about(hash_of(id), types, limit));
    }

    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<EventStore> store{open_store(path)};
    Reader reader{path};
};

using Numbers = std::vector<std::uint64_t>;

TEST_F(Subjects, AreFoundByTheirOwnIdAndByTheirCandidates) {
    tell(10);
    EXPECT_EQ(about(1'004, kSimulating), (Numbers{13, 14}));
    EXPECT_EQ(about(4, kSimulating), (Numbers{13, 14}));
    EXPECT_EQ(about(2'004, kSubmitting), (Numbers{15}));
    EXPECT_EQ(about(4, kSubmitting), (Numbers{15}));
    EXPECT_TRUE(about(1'004, kSubmitting).empty());
    EXPECT_TRUE(about(77, kSimulating).empty());
}

TEST_F(Subjects, OfManyEventsTheNewest) {
    for (int i = 0; i < 5; ++i) append(*store, story(1));
    EXPECT_EQ(about(1, kSimulating, 3), (Numbers{11, 13, 14}));
}

TEST_F(Subjects, ThatBeginAlikeAreDistinguished) {
    auto one = sample_submission();
    auto other = one;
    other.bundle_id.bytes.back() ^= 1;
    append(*store, {entry(one), entry(other)});
    EXPECT_EQ(numbers(*reader.events_about(other.bundle_id, kSubmitting, 10)), (Numbers{2}));
}

TEST_F(Subjects, TheNewestOfEachTypeUpToAnEvent) {
    tell(10);
    EXPECT_EQ(numbers(*reader.newest_about(kSimulating, 2, 14)), (Numbers{10, 11, 13, 14}));
    EXPECT_EQ(numbers(*reader.newest_about(kSubmitting, 1'000, 7)), (Numbers{3, 6}));
}

TEST_F(Subjects, GoWithTheirEventsAndTheCountsStay) {
    tell(10);
    ASSERT_TRUE(store->trim({.up_to_seq_id = 15, .max_events = 1'000}));
    EXPECT_TRUE(about(1'004, kSimulating).empty());
    EXPECT_EQ(about(1'005, kSimulating), (Numbers{16, 17}));
    EXPECT_EQ(Connection(path, Access::read_only, std::chrono::seconds(1))
                  .integer("SELECT count(*) FROM event_subjects WHERE seq_id <= 15"),
              0);
    EXPECT_EQ(reader.builder_history()->counts.at(0).count, 10u);
}

TEST_F(Subjects, DecisionsAndSubmissionsAreCountedByTheirEnd) {
    auto decision = sample_decision();
    decision.decision = "included";
    decision.reason = "profitable";
    auto tried = sample_submission();
    append(*store, {entry(decision), entry(decision), entry(tried)});
    tried.final_state = "unreachable";
    append(*store, {entry(decision), entry(tried), seen(1)});
    const auto past = *reader.builder_history();
    EXPECT_EQ(past.up_to_seq_id, 6u);
    const bus::ChainId chain{1};
    EXPECT_EQ(past.counts,
              (std::vector<bus::BuilderCounts>{{chain, "included", "profitable", 3},
                                               {chain, "submitted", "accepted", 1},
                                               {chain, "submitted", "unreachable", 1}}));
}

// As a store of version 2 that was searched already.
TEST_F(Subjects, OfALogThatIsOlderThanTheTablesAreMadeUpFor) {
    tell(10);
    store.reset();
    Connection(path, Access::read_write_create, std::chrono::seconds(1))
        .execute("DROP TABLE event_subjects; DROP TABLE building_totals;"
                 "ALTER TABLE exposures DROP COLUMN pays_more;"
                 "ALTER TABLE exposures DROP COLUMN token_in;"
                 "ALTER TABLE exposures DROP COLUMN amount_in;"
                 "ALTER TABLE exposures DROP COLUMN most_in;"
                 "ALTER TABLE exposures DROP COLUMN protecting_in;"
                 "ALTER TABLE opportunities DROP COLUMN outcome_reason;"
                 "ALTER TABLE events DROP COLUMN checksum;"
                 "DROP TABLE log_start; DROP TABLE lost_events;"
                 "PRAGMA user_version = 2");
    store = open_store(path);
    EXPECT_EQ(about(1'004, kSimulating), (Numbers{13, 14}));
    EXPECT_EQ(about(4, kSubmitting), (Numbers{15}));
    EXPECT_EQ(reader.builder_history()->counts.at(0).count, 10u);
    append(*store, story(4));
    EXPECT_EQ(about(4, kSubmitting), (Numbers{15, 33}));
}

} // namespace
} // namespace viz::storage
