// How fast the record takes events, by size of the commit: the plain log, and the mix a live node
// makes (each transaction seen by two sources, decoded, ready, labelled, and every second one
// confirmed some commits later). Durable unless named `normal`: each commit is on the disk before
// the next one starts. BENCH_DIR says on which (default: the working directory).
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include "components/storage/event_store.hpp"
#include "components/storage/reader.hpp"
#include "tests/support/values.hpp"

namespace {

using namespace viz;
using test::address_of;
using test::hash_of;

// Uniform, as real hashes are: neighbours in time are strangers in the tree.
bus::Hash random_hash(std::uint64_t n) {
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

storage::Entry entry(bus::EventData data, const char* source, std::int64_t time) {
    bus::Envelope envelope{.ingest_ts_unix_ms = bus::UnixMs{time},
                           .ingest_ts_mono_ns = bus::MonoNs{time},
                           .source_id = source,
                           .chain_id = bus::ChainId{1},
                           .data = std::move(data)};
    auto payload = bus::encode(envelope);
    return {std::move(envelope), std::move(payload)};
}

bus::TxDecoded decoded(std::uint64_t n) {
    return {.hash = random_hash(n),
            .sender = address_of(n % 5000),
            .tx_type = bus::TxType::dynamic_fee,
            .nonce = n / 5000,
            .to = address_of(n % 300),
            .value = bus::Wei{n * 1'000'000'000'000},
            .gas_limit = bus::Gas{210'000},
            .max_fee_per_gas = bus::Wei{30'000'000'000 + n},
            .max_priority_fee_per_gas = bus::Wei{1'000'000'000},
            .calldata_len = 260,
            .raw_tx_len = 380,
            .selector = bus::Selector{{{0x38, 0xed, 0x17, 0x39}}},
            .first_seen_unix_ms = bus::UnixMs{1'700'000'000'000},
            .first_seen_mono_ns = bus::MonoNs{1}};
}

// An endless life of a mempool, an entry at a time.
class Mix {
  public:
    void fill(std::vector<storage::Entry>& batch, std::size_t count) {
        batch.clear();
        while (batch.size() < count) batch.push_back(next());
    }

  private:
    static constexpr std::uint64_t kConfirmedAfter = 2000; // transactions

    storage::Entry next() {
        const auto time = 1'700'000'000'000 + static_cast<std::int64_t>(tx_);
        const auto step = step_++;
        switch (step) {
        case 0:
            return entry(bus::TxSeen{.hash = random_hash(tx_)}, "node-a", time);
        case 1:
            return entry(bus::TxSeen{.hash = random_hash(tx_)}, "node-b", time + 3);
        case 2:
            return entry(decoded(tx_), "node-a", time);
        case 3:
            return entry(
                bus::TxReady{random_hash(tx_), address_of(tx_ % 5000), tx_ / 5000, "next_nonce"},
                "lifecycle", time + 5);
        case 4:
            return entry(bus::Feature{.hash = random_hash(tx_),
                                      .chain_id = bus::ChainId{1},
                                      .protocol = "uniswap-v2",
                                      .category = "swap",
                                      .mev_score = 60,
                                      .urgency_score = 20,
                                      .method_selector = bus::Selector{},
                                      .engine_version = "2026.1",
                                      .reasons = {"dex_swap", "large_value"}},
                         "features", time + 5);
        default:
            break;
        }
        const auto old = tx_ - std::min(tx_, kConfirmedAfter);
        step_ = 0;
        ++tx_;
        if (old % 2 == 0)
            return entry(bus::TxConfirmedProvisional{random_hash(old), address_of(old % 5000),
                                                     old / 5000, bus::BlockNumber{old / 200},
                                                     hash_of(old / 200), 1'700'000'000, 12'000},
                         "lifecycle", time + 12'000);
        return next();
    }

    std::uint64_t tx_{0};
    std::uint64_t step_{0};
};

struct Scratch {
    std::filesystem::path directory;
    std::string path;
    Scratch() {
        const char* base = std::getenv("BENCH_DIR");
        auto pattern =
            (std::filesystem::path(base != nullptr ? base : ".") / "storage-bench-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
        directory = pattern;
        path = (directory / "store.db").string();
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

double percentile(std::vector<double>& values, double p) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

template <class Fill>
void append_batches(benchmark::State& state, storage::Synchronous synchronous, Fill fill) {
    const Scratch scratch;
    auto store = storage::EventStore::open(scratch.path, {.synchronous = synchronous});
    if (!store) return state.SkipWithError(store.error().detail.c_str());
    const auto size = static_cast<std::size_t>(state.range(0));
    std::vector<storage::Entry> batch;
    std::vector<double> commits;
    for (auto _ : state) {
        fill(batch, size);
        const auto start = std::chrono::steady_clock::now();
        if (const auto failure = (*store)->append(batch))
            return state.SkipWithError(failure->detail.c_str());
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        commits.push_back(took.count());
        state.SetIterationTime(took.count());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["commit_p50_ms"] = 1e3 * percentile(commits, 0.5);
    state.counters["commit_p99_ms"] = 1e3 * percentile(commits, 0.99);
    state.counters["commit_max_ms"] = 1e3 * commits.back();
}

void log_only(benchmark::State& state, storage::Synchronous synchronous) {
    std::uint64_t n = 0;
    append_batches(state, synchronous, [&](auto& batch, std::size_t count) {
        batch.clear();
        while (batch.size() < count)
            batch.push_back(
                entry(bus::TxFetched{random_hash(++n), 380}, "node-a", 1'700'000'000'000));
    });
}

void mixed(benchmark::State& state, storage::Synchronous synchronous) {
    Mix mix;
    append_batches(state, synchronous,
                   [&](auto& batch, std::size_t count) { mix.fill(batch, count); });
}

#define VIZ_STORE_BENCH(function, mode)                                                            \
    BENCHMARK_CAPTURE(function, mode, storage::Synchronous::mode)                                  \
        ->Arg(1)                                                                                   \
        ->Arg(32)                                                                                  \
        ->Arg(512)                                                                                 \
        ->Arg(4096)                                                                                \
        ->UseManualTime()                                                                          \
        ->MinTime(1.0)
VIZ_STORE_BENCH(log_only, full);
VIZ_STORE_BENCH(log_only, normal);
VIZ_STORE_BENCH(mixed, full);
VIZ_STORE_BENCH(mixed, normal);

// What /transactions/{hash} and /events cost on a log of half a million entries.
class Reading : public benchmark::Fixture {
  public:
    void SetUp(benchmark::State& state) override {
        auto store =
            storage::EventStore::open(scratch.path, {.synchronous = storage::Synchronous::normal});
        if (!store) return state.SkipWithError(store.error().detail.c_str());
        if ((*store)->latest_seq_id() > 0) return;
        Mix mix;
        std::vector<storage::Entry> batch;
        for (int n = 0; n < 128; ++n) {
            mix.fill(batch, 4096);
            if ((*store)->append(batch)) return state.SkipWithError("append");
        }
    }
    Scratch scratch;
};

BENCHMARK_F(Reading, transaction_by_hash)(benchmark::State& state) {
    storage::Reader reader(scratch.path);
    std::uint64_t n = 0;
    for (auto _ : state) {
        const auto found = reader.transaction(random_hash((n++ * 7919) % 90'000));
        if (!found || !*found) return state.SkipWithError("not found");
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK_F(Reading, events_page_of_1000)(benchmark::State& state) {
    storage::Reader reader(scratch.path);
    std::uint64_t after = 0;
    for (auto _ : state) {
        const auto page =
            reader.events({.after = after, .types = {}, .chain_id = {}, .limit = 1000});
        if (!page || page->size() != 1000) return state.SkipWithError("short page");
        after = (after + 1000) % 400'000;
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}

BENCHMARK_F(Reading, events_of_a_type_that_never_occurs)(benchmark::State& state) {
    storage::Reader reader(scratch.path);
    for (auto _ : state) {
        const auto page = reader.events({.after = 0,
                                         .types = {bus::EventType::bundle_submitted},
                                         .chain_id = {},
                                         .limit = 1000});
        if (!page || !page->empty()) return state.SkipWithError("unexpected");
    }
}

} // namespace
