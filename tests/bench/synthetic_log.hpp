// A log as a busy mempool leaves it, of any length and the same on every machine: each transaction
// is seen by one source or two, fetched, decoded, placed and labelled; nineteen of twenty are
// confirmed and then final some tens of thousands of transactions later, the rest is dropped.
#pragma once

#include <cstring>
#include <stdexcept>

#include "components/storage/event_store.hpp"
#include "tests/support/values.hpp"

namespace viz::bench {

// Uniform, as real hashes are: neighbours in time are strangers in the tree.
inline bus::Hash random_hash(std::uint64_t n) {
    bus::Hash hash;
    for (std::size_t word = 0; word < 4; ++word) {
        std::uint64_t x = n * 4 + word + 0x9e3779b97f4a7c15ULL;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
        x ^= x >> 31;
        std::memcpy(hash.bytes.data() + word * 8, &x, 8);
    }
    return hash;
}

class SyntheticLog {
  public:
    // `pending`: transactions that wait at a time, about.
    explicit SyntheticLog(std::uint64_t pending = 50'000) : lag_(pending) {}

    // At least the next `count` entries; some are records without a number.
    void fill(std::vector<storage::Entry>& batch, std::size_t count) {
        batch.clear();
        while (batch.size() < count) add_transaction(batch);
    }

  private:
    static constexpr std::int64_t kStartMs = 1'700'000'000'000;
    static constexpr std::uint64_t kBlock = 200; // transactions

    void add(std::vector<storage::Entry>& batch, bus::EventData data, const char* source) {
        const auto now = static_cast<std::int64_t>(tx_) * 5; // 200 transactions a second
        bus::Envelope envelope{.ingest_ts_unix_ms = bus::UnixMs{kStartMs + now},
                               .ingest_ts_mono_ns = bus::MonoNs{now * 1'000'000},
                               .source_id = source,
                               .chain_id = bus::ChainId{1},
                               .data = std::move(data)};
        auto payload = bus::encode(envelope);
        batch.push_back({std::move(envelope), std::move(payload)});
    }

    bus::TxDecoded decoded() const {
        return {.hash = random_hash(tx_),
                .sender = test::address_of(tx_ % 5000),
                .tx_type = bus::TxType::dynamic_fee,
                .nonce = tx_ / 5000,
                .to = test::address_of(tx_ % 300),
                .value = bus::Wei{tx_ * 1'000'000'000'000},
                .gas_limit = bus::Gas{210'000},
                .max_fee_per_gas = bus::Wei{30'000'000'000 + tx_},
                .max_priority_fee_per_gas = bus::Wei{1'000'000'000},
                .calldata_len = 260,
                .raw_tx_len = 380,
                .selector = bus::Selector{{{0x38, 0xed, 0x17, 0x39}}},
                .first_seen_unix_ms = bus::UnixMs{kStartMs + static_cast<std::int64_t>(tx_) * 5},
                .first_seen_mono_ns = bus::MonoNs{1}};
    }

    void settle(std::vector<storage::Entry>& batch) {
        if (tx_ >= lag_ && (tx_ - lag_) % 20 != 0) {
            const auto n = tx_ - lag_;
            add(batch,
                bus::TxConfirmedProvisional{random_hash(n), test::address_of(n % 5000), n / 5000,
                                            bus::BlockNumber{n / kBlock}, test::hash_of(n / kBlock),
                                            1'700'000'000, 12'000},
                "lifecycle");
        }
        if (const auto late = lag_ + 64 * kBlock; tx_ >= late && (tx_ - late) % 20 != 0) {
            const auto n = tx_ - late;
            add(batch,
                bus::TxConfirmedFinal{random_hash(n), bus::BlockNumber{n / kBlock},
                                      test::hash_of(n / kBlock)},
                "lifecycle");
        }
        if (const auto late = 4 * lag_; tx_ >= late && (tx_ - late) % 20 == 0)
            add(batch,
                bus::TxDropped{random_hash(tx_ - late), test::address_of((tx_ - late) % 5000),
                               (tx_ - late) / 5000, "absent_from_pool", std::nullopt},
                "lifecycle");
    }

    void add_transaction(std::vector<storage::Entry>& batch) {
        const auto hash = random_hash(tx_);
        add(batch, bus::TxSeen{.hash = hash}, "node-a");
        add(batch, bus::TxFetched{hash, 380}, "node-a");
        add(batch, decoded(), "node-a");
        if (tx_ % 2 == 0) add(batch, bus::TxSeen{.hash = hash}, "node-b");
        add(batch, bus::TxReady{hash, test::address_of(tx_ % 5000), tx_ / 5000, "next_nonce"},
            "lifecycle");
        if (tx_ % 3 == 0)
            add(batch,
                bus::Feature{.hash = hash,
                             .chain_id = bus::ChainId{1},
                             .protocol = "uniswap-v2",
                             .category = "swap",
                             .mev_score = 60,
                             .urgency_score = 20,
                             .method_selector = bus::Selector{},
                             .engine_version = "2026.1",
                             .reasons = {"dex_swap", "large_value"}},
                "features");
        settle(batch);
        ++tx_;
    }

    std::uint64_t lag_;
    std::uint64_t tx_{0};
};

// Writes a store of at least `events` events. Throws when it cannot.
inline void write_synthetic_log(const std::string& path, std::uint64_t events,
                                std::uint64_t pending = 50'000) {
    auto store = storage::EventStore::open(path, {.synchronous = storage::Synchronous::normal});
    if (!store) throw std::runtime_error(store.error().message(path));
    SyntheticLog log(pending);
    std::vector<storage::Entry> batch;
    while ((*store)->latest_seq_id() < events) {
        log.fill(batch, 4096);
        if (const auto failure = (*store)->append(batch))
            throw std::runtime_error(failure->message(path));
    }
}

} // namespace viz::bench
