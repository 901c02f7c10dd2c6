// Rows of `transactions` are the fold of the log, however it was cut into commits.
#include <random>

#include <gtest/gtest.h>

#include "bus/transaction_fold.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;
using bus::TransactionRecord;

void expect_equal(const TransactionRecord& a, const TransactionRecord& b) {
    EXPECT_EQ(a.hash, b.hash);
    EXPECT_EQ(a.chain_id, b.chain_id);
    EXPECT_EQ(a.first_seen_unix_ms, b.first_seen_unix_ms);
    EXPECT_EQ(a.sources, b.sources);
    EXPECT_EQ(a.lifecycle_status, b.lifecycle_status);
    EXPECT_EQ(a.lifecycle_reason, b.lifecycle_reason);
    EXPECT_EQ(a.lifecycle_updated_unix_ms, b.lifecycle_updated_unix_ms);
    EXPECT_EQ(a.superseded_by, b.superseded_by);
    EXPECT_EQ(a.included_block, b.included_block);
    EXPECT_EQ(a.included_block_hash, b.included_block_hash);
    EXPECT_EQ(a.inclusion_delay_ms, b.inclusion_delay_ms);
    // Every field of these two takes part in the encoding.
    const auto decoded = [](const TransactionRecord& r) {
        return r.decoded ? bus::encode(bus::Envelope{.data = *r.decoded}) : bus::Payload{};
    };
    const auto feature = [](const TransactionRecord& r) {
        return r.feature ? bus::encode(*r.feature) : bus::Payload{};
    };
    EXPECT_EQ(decoded(a), decoded(b));
    EXPECT_EQ(feature(a), feature(b));
}

bus::TxDecoded decoded(std::uint64_t n) {
    bus::TxDecoded tx{.hash = hash_of(n),
                      .sender = address_of(n),
                      .tx_type = n % 2 == 0 ? bus::TxType::blob : bus::TxType::legacy,
                      .nonce = 18'446'744'073'709'551'614ULL,
                      .to = n % 3 == 0 ? std::nullopt : std::optional(address_of(n + 1)),
                      .value = {},
                      .gas_limit = bus::Gas{~0ULL},
                      .max_fee_per_gas = bus::Wei{n},
                      .max_priority_fee_per_gas = bus::Wei{1},
                      .blob_count = 3,
                      .calldata_len = 4,
                      .raw_tx_len = 5,
                      .first_seen_unix_ms = bus::UnixMs{90},
                      .first_seen_mono_ns = bus::MonoNs{91}};
    tx.value.limbs = {n, 1, 2, 0xffff'ffff'ffff'ffff};
    if (n % 2 == 0) tx.max_fee_per_blob_gas = bus::Wei{};
    if (n % 2 == 0) tx.selector = bus::Selector{{{1, 2, 3, 4}}};
    return tx;
}

std::vector<bus::Action> actions() {
    using Kind = bus::ActionField::Kind;
    return {{.type = "swap",
             .fields = {{.name = "amount", .values = {"5"}},
                        {.name = "path", .is_list = true, .values = {"0xaa", "a \"quoted\" one"}},
                        {.name = "fees", .kind = Kind::number, .is_list = true, .values = {"500"}},
                        {.name = "deadline", .kind = Kind::number, .values = {"17"}},
                        {.name = "native_in", .kind = Kind::boolean, .values = {"true"}}}},
            {.type = "cancel", .fields = {}}};
}

bus::Feature feature(std::uint64_t n) {
    return {.hash = hash_of(n),
            .chain_id = bus::ChainId{1},
            .protocol = "uniswap-v2",
            .category = "swap",
            .mev_score = 81,
            .urgency_score = 7,
            .method_selector = n % 2 == 0 ? std::optional(bus::Selector{}) : std::nullopt,
            .engine_version = "1",
            .reasons = {"a \"quoted\" reason", "", "zwei\n"},
            .actions = n % 2 == 0 ? std::vector<bus::Action>{} : actions()};
}

// One random happening of one of a few transactions.
Entry happening(std::mt19937_64& random) {
    const auto n = random() % 5;
    const auto time = static_cast<std::int64_t>(100 + random() % 1000);
    const auto h = hash_of(n);
    const auto a = address_of(n);
    const std::string source = "node-" + std::to_string(random() % 3);
    switch (random() % 10) {
    case 0:
    case 1:
        return entry(bus::TxSeen{h, random() % 2 == 0}, time, source);
    case 2:
        return entry(decoded(n), time, source);
    case 3:
        return entry(feature(n), time, "features");
    case 4:
        return entry(bus::TxReady{h, a, 1, "next_nonce"}, time, "lifecycle");
    case 5:
        return entry(bus::TxBlocked{h, a, 1, 0, "nonce_gap"}, time, "lifecycle");
    case 6:
        return entry(bus::TxReplaced{h, a, 1, hash_of(77), 1, "speed_up"}, time, "lifecycle");
    case 7:
        return entry(bus::TxDropped{h, a, 1, "nonce_used", {}}, time, "lifecycle");
    case 8:
        return entry(bus::TxConfirmedProvisional{h, a, 1, bus::BlockNumber{5}, hash_of(5), 6,
                                                 random() % 2 == 0 ? std::optional(std::int64_t{-7})
                                                                   : std::nullopt},
                     time, "lifecycle");
    default:
        return entry(bus::TxReorged{h, bus::BlockNumber{5}, hash_of(5), 1}, time, "lifecycle");
    }
}

TEST(TransactionRows, AreTheFoldHoweverTheLogIsCutIntoCommits) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        const viz::test::TempDir dir;
        const auto store = open_store(dir.file("s.db"));
        std::map<bus::Hash, TransactionRecord> expected;
        for (int commit = 0; commit < 12; ++commit) {
            std::vector<Entry> entries;
            for (auto count = random() % 8; count > 0; --count)
                entries.push_back(happening(random));
            for (const auto& one : entries) {
                const auto hash = *bus::hash_of(one.envelope.data);
                const auto at =
                    expected.try_emplace(hash, bus::new_record(hash, bus::ChainId{1})).first;
                bus::apply(at->second, one.envelope);
            }
            append(*store, std::move(entries));
        }
        Reader reader(dir.file("s.db"));
        for (const auto& [hash, record] : expected) {
            const auto row = reader.transaction(hash);
            ASSERT_TRUE(row && *row);
            expect_equal(**row, record);
        }
    }
}

TEST(TransactionRows, TheSameHashOnTwoChainsIsTwoTransactions) {
    const viz::test::TempDir dir;
    const auto store = open_store(dir.file("s.db"));
    append(*store,
           {entry(bus::TxSeen{hash_of(1)}, 20, "a", 10), entry(bus::TxSeen{hash_of(1)}, 10, "b", 1),
            entry(bus::TxDropped{hash_of(1), address_of(1), 1, "x", {}}, 30, "lifecycle", 10)});
    Reader reader(dir.file("s.db"));
    const auto first = reader.transaction(hash_of(1));
    ASSERT_TRUE(first && *first);
    EXPECT_EQ((*first)->chain_id, bus::ChainId{1}) << "the one seen first";
    EXPECT_EQ((*first)->lifecycle_status, bus::LifecycleStatus::pending);
    EXPECT_EQ(reader.open_transactions(bus::ChainId{1}, 10)->size(), 1U);
    EXPECT_TRUE(reader.open_transactions(bus::ChainId{10}, 10)->empty());
}

} // namespace
} // namespace viz::storage
