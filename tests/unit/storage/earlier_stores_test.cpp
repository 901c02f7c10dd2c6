// Stores as earlier versions wrote them, frozen as SQL: each opens, with all that is in it, and the
// log goes on.
#include <fstream>

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/storage/schema.hpp"
#include "components/storage/sqlite.hpp"
#include "tests/support/opportunity_samples.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;

struct EarlierStore : testing::TestWithParam<int> {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};

    void write() const {
        std::ifstream in(std::string(VIZ_SOURCE_DIR) + "/tests/unit/storage/stores/version" +
                         std::to_string(GetParam()) + ".sql");
        ASSERT_TRUE(in);
        const std::string sql{std::istreambuf_iterator<char>(in), {}};
        Connection(path, Access::read_write_create, std::chrono::seconds(1)).execute(sql);
    }
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
}

TEST_P(EarlierStore, TakesWhatItsVersionDidNotKnow) {
    write();
    const auto store = open_store(path);
    Reader reader(path);
    EXPECT_TRUE(reader.newest_opportunities(10)->empty());
    EXPECT_EQ(reader.parity_past(10, 10)->totals, bus::ParityTotals{});
    append(*store, {entry(viz::test::sample_opportunity()), entry(viz::test::sample_exposure()),
                    entry(viz::test::sample_parity())});
    EXPECT_EQ(reader.newest_opportunities(10)->at(0).detected, viz::test::sample_opportunity());
    EXPECT_TRUE(*reader.exposure(viz::test::sample_exposure().hash));
    EXPECT_EQ(reader.parity_past(10, 10)->totals.mismatch, 1u);
}

INSTANTIATE_TEST_SUITE_P(Versions, EarlierStore, testing::Values(1));

} // namespace
} // namespace viz::storage
