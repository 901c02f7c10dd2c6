// Stores as earlier versions wrote them, frozen as SQL: each opens, with all that is in it, and the
// log goes on.
#include <fstream>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "components/eth/hex.hpp"
#include "components/storage/page_checksums.hpp"
#include "components/storage/schema.hpp"
#include "components/storage/sqlite.hpp"
#include "tests/support/opportunity_samples.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;

void write_store(const std::string& path, int version) {
    std::ifstream in(viz::test::source_dir() / "tests/unit/storage/stores" /
                     ("version" + std::to_string(version) + ".sql"));
    ASSERT_TRUE(in);
    const std::string sql{std::istreambuf_iterator<char>(in), {}};
    // By SQLite alone: its pages have no room for our checksums.
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
}

struct EarlierStore : testing::TestWithParam<int> {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};

    void write() const { write_store(path, GetParam()); }
};

TEST_P(EarlierStore, OpensWithAllThatIsInIt) {
    write();
    const auto store = open_store(path);
    EXPECT_EQ(store->latest_seq_id(), 12u);
    EXPECT_EQ(
        Connection(path, Access::read_only, std::chrono::seconds(1)).integer("PRAGMA user_version"),
        kStoreVersion);

    Reader reader(path);
    const auto events = all_events(reader);
    ASSERT_EQ(events.size(), 12u);
    EXPECT_TRUE(gapless(reader));
    EXPECT_EQ(bus::to_string(bus::type_of(events[0].data)), "TxSeen");
    EXPECT_EQ(events[0].source_id, "node-a");
    EXPECT_EQ(bus::to_string(bus::type_of(events[2].data)), "TxDecoded");
    const auto decoded = std::get<bus::TxDecoded>(events[2].data);
    EXPECT_EQ(decoded.hash, *bus::hash_of(events[0].data));

    const auto hash =
        *eth::hash_from_hex("0x00d477c3353f591367f5a8f3f1ac3268b0098aa3beb055d7486a08b2644dcf27");
    const auto record = *reader.transaction(hash);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->lifecycle_status, bus::LifecycleStatus::confirmed_provisional);

    append(*store, {seen(1)});
    EXPECT_EQ(store->latest_seq_id(), 13u);

    // Its events have checksums from now on, in one chain with the new one.
    std::uint64_t sealed = 0;
    ASSERT_TRUE(reader.audit(0, 13, [&](const AuditedEvent& event) {
        sealed += event.in_chain && !event.damage ? 1 : 0;
    }));
    EXPECT_EQ(sealed, 13u);
    Connection(path, Access::read_write_create, std::chrono::seconds(1))
        .execute("UPDATE events SET mono_ns = mono_ns + 1 WHERE seq_id = 7");
    EXPECT_TRUE(std::holds_alternative<bus::Damaged>(all_events(reader).at(6).data));
}

TEST_P(EarlierStore, HasNoPageChecksumsAndIsNotCalledDamagedForIt) {
    write();
    for (int start = 0; start < 2; ++start) {
        const auto store = open_store(path);
        append(*store, {seen(100 + static_cast<std::uint64_t>(start))});
    }
    const auto checked = check_pages(path);
    EXPECT_TRUE(checked.none_expected);
    EXPECT_TRUE(checked.damaged.empty());
}

TEST_P(EarlierStore, TakesWhatItsVersionDidNotKnow) {
    write();
    const auto store = open_store(path);
    Reader reader(path);
    EXPECT_TRUE(reader.newest_opportunities(10)->empty());
    EXPECT_EQ(reader.parity_history(10, 10)->totals, bus::ParityTotals{});
    append(*store, {entry(viz::test::sample_opportunity()), entry(viz::test::sample_exposure()),
                    entry(viz::test::sample_parity())});
    EXPECT_EQ(reader.newest_opportunities(10)->at(0).detected, viz::test::sample_opportunity());
    EXPECT_TRUE(*reader.exposure(viz::test::sample_exposure().hash));
    EXPECT_EQ(reader.parity_history(10, 10)->totals.mismatch, 1u);
}

TEST(StoreOfVersion2, ItsExposuresAndOutcomesAreKept) {
    const auto named = [](auto value, std::uint8_t byte) {
        value.bytes.fill(byte);
        return value;
    };
    const viz::test::TempDir dir;
    const auto path = dir.file("store.db");
    write_store(path, 2);
    const auto store = open_store(path);
    Reader reader(path);
    auto exposure = (*reader.exposure(named(bus::Hash{}, 4))).value().exposure;
    EXPECT_EQ(exposure.least_out, bus::Wei(78));
    EXPECT_EQ(exposure.protecting_out, bus::Wei(79));
    EXPECT_FALSE(exposure.pays_more);
    EXPECT_FALSE(exposure.token_in) << "it was not recorded then";
    exposure.token_in = named(bus::Address{}, 7);
    exposure.most_in = bus::Wei(95);
    append(*store, {entry(exposure)});
    EXPECT_EQ((*reader.exposure(exposure.hash)).value().exposure, exposure);

    // What is added to an opportunity leaves what it was.
    auto detected = viz::test::sample_opportunity();
    detected.candidate_id = named(bus::Hash{}, 1);
    append(*store, {entry(detected)});
    const auto found = reader.newest_opportunities(1)->at(0);
    ASSERT_TRUE(found.outcome);
    EXPECT_EQ(found.outcome->outcome, "expired");
    EXPECT_EQ(found.outcome->reason, "");
    EXPECT_EQ(found.outcome->block_number, bus::BlockNumber{101});
    EXPECT_EQ(found.outcome_unix_ms, bus::UnixMs{1'700'000'000'001});
}

INSTANTIATE_TEST_SUITE_P(Versions, EarlierStore, testing::Values(1, 2, 3));

} // namespace
} // namespace viz::storage
