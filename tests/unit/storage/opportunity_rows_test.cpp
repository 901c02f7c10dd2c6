// What was found, as rows: opportunities are the fold of the log and its records, however these
// were cut into commits; exposures the newest; parities all, with their counts.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "bus/opportunity_fold.hpp"
#include "components/storage/sqlite.hpp"
#include "tests/support/opportunity_samples.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;
using viz::test::sample_exposure;
using viz::test::sample_loss;
using viz::test::sample_opportunity;
using viz::test::sample_outcome;
using viz::test::sample_parity;
using viz::test::sample_simulated;

struct Found : testing::Test {
    std::vector<bus::OpportunityRecord> opportunities(std::size_t limit = 100) {
        return *reader.newest_opportunities(limit);
    }
    std::int64_t count(const std::string& of) const {
        return Connection(path, Access::read_only, std::chrono::seconds(1))
            .integer("SELECT count(*) FROM " + of);
    }

    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<EventStore> store{open_store(path)};
    Reader reader{path};
};

bus::OppDetected detected(std::uint64_t candidate) {
    auto opportunity = sample_opportunity();
    opportunity.candidate_id = hash_of(candidate);
    return opportunity;
}
bus::SimDispatched dispatched(std::uint64_t candidate) {
    return {.hash = hash_of(4),
            .sim_id = hash_of(candidate + 1'000),
            .candidate_id = hash_of(candidate)};
}
bus::SimCompleted completed(std::uint64_t candidate) {
    auto done = sample_simulated().completed;
    done.sim_id = hash_of(candidate + 1'000);
    done.candidate_id = hash_of(candidate);
    return done;
}
bus::OppOutcome outcome(std::uint64_t candidate) {
    auto what = sample_outcome();
    what.candidate_id = hash_of(candidate);
    return what;
}

TEST_F(Found, AnOpportunityIsReadAsItWasWritten) {
    append(*store, {entry(detected(1), 10, "search", 31337), entry(dispatched(1), 11, "sim", 31337),
                    entry(completed(1), 12, "sim", 31337), entry(outcome(1), 13, "sim", 31337)});
    auto expected = bus::new_opportunity(hash_of(1), bus::ChainId{31337});
    expected.detected_seq_id = 1;
    expected.detected = detected(1);
    expected.sim_id = hash_of(1'001);
    expected.result = bus::OppResult{.fail_category = "",
                                     .flags = {"partial_ticks"},
                                     .profit = bus::Wei(30),
                                     .net = sample_loss(35)};
    expected.status = bus::OppStatus::unprofitable;
    expected.outcome = outcome(1);
    expected.outcome_unix_ms = bus::UnixMs{13};
    expected.updated_unix_ms = bus::UnixMs{13};
    ASSERT_EQ(opportunities().size(), 1u);
    EXPECT_EQ(opportunities()[0], expected);
}

TEST_F(Found, WhatIsAbsentStaysAbsent) {
    auto arbitrage = detected(1);
    arbitrage.hash.reset();
    arbitrage.member_hashes.clear();
    arbitrage.reasons = {"a \"quoted\" reason", ""};
    auto failed = completed(1);
    failed.success = false;
    failed.fail_category = "revert";
    failed.profit.reset();
    auto expired = outcome(1);
    expired.hash.reset();
    expired.by.reset();
    expired.slot.reset();
    expired.coinbase_payment.reset();
    append(*store, {entry(arbitrage), entry(failed), entry(expired)});
    const auto row = opportunities().at(0);
    EXPECT_EQ(row.detected, arbitrage);
    EXPECT_EQ(row.outcome, expired);
    EXPECT_EQ(row.status, bus::OppStatus::failed);
    EXPECT_EQ(row.result->fail_category, "revert");
    EXPECT_FALSE(row.result->net);
}

// Producers' messages in any order to each other, one candidate's beside another's, commits of any
// size, and a restart between them.
TEST_F(Found, RowsAreTheFoldHoweverTheMessagesAreCutIntoCommits) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 20; ++round) {
        SCOPED_TRACE(round);
        const viz::test::TempDir fresh;
        const auto file = fresh.file("store.db");
        auto writer = open_store(file);
        std::map<bus::Hash, bus::OpportunityRecord> expected;
        std::vector<bus::EventData> messages;
        for (std::uint64_t n = 1; n <= 6; ++n)
            messages.insert(messages.end(), {detected(n), dispatched(n), completed(n), outcome(n)});
        std::ranges::shuffle(messages, random);
        std::int64_t time = 100;
        std::uint64_t seq_id = 0;
        for (std::size_t at = 0; at < messages.size();) {
            std::vector<Entry> commit;
            for (auto size = 1 + random() % 6; size > 0 && at < messages.size(); --size, ++at) {
                auto one = entry(messages[at], ++time);
                auto numbered = one.envelope;
                if (bus::is_numbered(bus::type_of(numbered.data))) numbered.seq_id = ++seq_id;
                const auto id = *bus::candidate_of(numbered.data);
                bus::apply(expected.try_emplace(id, bus::new_opportunity(id, bus::ChainId{1}))
                               .first->second,
                           numbered);
                commit.push_back(std::move(one));
            }
            append(*writer, std::move(commit));
            if (random() % 4 == 0) {
                writer.reset();
                writer = open_store(file);
            }
        }
        const auto rows = *Reader(file).newest_opportunities(100);
        EXPECT_EQ(rows.size(), expected.size());
        for (const auto& row : rows) EXPECT_EQ(row, expected.at(row.candidate_id));
        EXPECT_TRUE(std::ranges::is_sorted(rows, {}, &bus::OpportunityRecord::detected_seq_id));
    }
}

TEST_F(Found, OnlyTheNewestAreAskedForAndOnlyThoseDetected) {
    for (std::uint64_t n = 1; n <= 5; ++n) append(*store, {entry(detected(n))});
    append(*store, {entry(outcome(77))});
    const auto newest = opportunities(2);
    ASSERT_EQ(newest.size(), 2u);
    EXPECT_EQ(newest[0].candidate_id, hash_of(4));
    EXPECT_EQ(newest[1].candidate_id, hash_of(5));
    EXPECT_EQ(count("opportunities"), 6) << "what is known of it is kept until its detection comes";
}

TEST_F(Found, ATransactionSimulatedByItselfIsNoOpportunity) {
    append(*store, {entry(bus::SimDispatched{.hash = hash_of(4), .sim_id = hash_of(40)}),
                    entry(bus::SimCompleted{.hash = hash_of(4), .sim_id = hash_of(40)})});
    EXPECT_EQ(count("opportunities"), 0);
    EXPECT_EQ(store->latest_seq_id(), 2u);
}

TEST_F(Found, AnExposureIsTheNewestOfItsTransactionAndChain) {
    auto first = sample_exposure();
    first.block_number = bus::BlockNumber{99};
    auto bare = sample_exposure();
    bare.protecting_out.reset();
    bare.candidate_id.reset();
    append(*store, {entry(first, 10), entry(sample_exposure(), 20)});
    append(*store, {entry(bare, 15, "sim", 5)});
    const auto found = *reader.exposure(hash_of(4));
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, (bus::ExposureRecord{bus::ChainId{1}, sample_exposure(), bus::UnixMs{20}}));
    EXPECT_EQ(count("exposures"), 2);
    append(*store, {entry(bare, 30, "sim", 5)});
    EXPECT_EQ(*reader.exposure(hash_of(4)),
              (bus::ExposureRecord{bus::ChainId{5}, bare, bus::UnixMs{30}}));
    const auto dearer = viz::test::sample_dearer_exposure();
    append(*store, {entry(dearer, 40, "search", 5)});
    EXPECT_EQ((*reader.exposure(hash_of(4)))->exposure, dearer);
    EXPECT_FALSE(*reader.exposure(hash_of(5)));
}

bus::SimParity parity(std::uint64_t n, const std::string& result) {
    auto one = sample_parity();
    one.hash = hash_of(n);
    one.result = result;
    return one;
}

TEST_F(Found, ParitiesAreCountedAndTheNewestRead) {
    append(*store, {entry(parity(1, "match")), entry(parity(2, "mismatch")),
                    entry(parity(3, "unchecked")), entry(parity(4, "match"))});
    append(*store, {entry(parity(5, "mismatch"), 50, "sim", 9), entry(parity(6, "nonsense"))});
    const auto all = *reader.parity_history(100, 100);
    EXPECT_EQ(all.totals, (bus::ParityTotals{.match = 2, .mismatch = 2, .unchecked = 1}));
    EXPECT_EQ(all.checked, (std::vector<bool>{true, false, true, false}));
    ASSERT_EQ(all.misses.size(), 2u);
    EXPECT_EQ(all.misses[0], (bus::ParityRecord{bus::ChainId{1}, parity(2, "mismatch")}));
    EXPECT_EQ(all.misses[1], (bus::ParityRecord{bus::ChainId{9}, parity(5, "mismatch")}));
    const auto newest = *reader.parity_history(3, 1);
    EXPECT_EQ(newest.checked, (std::vector<bool>{false, true, false}));
    EXPECT_EQ(newest.misses.at(0).parity.hash, hash_of(5));
}

TEST_F(Found, ACommitThatFailsLeavesNothingOfItBehind) {
    store.reset();
    {
        // So full that a large commit does not fit, and a small one does.
        const auto pages = Connection(path, Access::read_only, std::chrono::seconds(1))
                               .integer("PRAGMA page_count");
        store = open_store(path, {.synchronous = Synchronous::normal, .max_pages = pages + 20});
    }
    std::vector<Entry> large;
    for (std::uint64_t n = 1; n <= 500; ++n) {
        large.push_back(entry(detected(n)));
        large.push_back(entry(parity(n, "match")));
    }
    ASSERT_TRUE(store->append(large));
    append(*store, {entry(outcome(1)), entry(parity(1, "mismatch"))});
    EXPECT_EQ(count("opportunities"), 1);
    EXPECT_TRUE(opportunities().empty()) << "its detection was not recorded";
    EXPECT_EQ(reader.parity_history(10, 10)->totals, (bus::ParityTotals{.mismatch = 1}));
}

} // namespace
} // namespace viz::storage
