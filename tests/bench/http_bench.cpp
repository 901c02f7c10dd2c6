// Latency of the API at a full read model: what a handler costs, and what a client on the loopback
// interface waits, while events flow in.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "http/server.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/http_fixture.hpp"
#include "tests/support/stream_crowd.hpp"

namespace viz::test {
namespace {

constexpr std::uint64_t kPending = http::ReadModelLimits{}.pending;

// Of three chains, two transactions a sender.
void feed_transaction(ApiParts& parts, std::uint64_t n) {
    const auto chain = 1 + n % 3;
    const auto at = kStartMs + static_cast<std::int64_t>(n);
    auto tx = decoded(n);
    tx.sender = address_of(n / 6 * 3 + n % 3);
    parts.feed(event(bus::TxSeen{.hash = tx.hash}, at, "node-a", chain));
    parts.feed(event(tx, at, "node-a", chain));
    parts.feed(event(bus::TxReady{.hash = tx.hash, .sender = tx.sender, .reason = "next_nonce"}, at,
                     "lifecycle", chain));
    parts.feed(event(label(n, chain), at, "features", chain));
}

// Every bound of the defaults is reached.
ApiParts& full_model() {
    static auto parts = [] {
        auto made = std::make_unique<ApiParts>();
        for (std::uint64_t n = 0; n < kPending + 1000; ++n) feed_transaction(*made, n);
        return made;
    }();
    return *parts;
}

void report(benchmark::State& state, std::vector<double>& us) {
    std::ranges::sort(us);
    state.counters["p50_us"] = us[us.size() / 2];
    state.counters["p99_us"] = us[us.size() * 99 / 100];
    state.counters["max_us"] = us.back();
}

template <class Work> void measure(benchmark::State& state, Work work) {
    std::vector<double> us;
    for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        work();
        us.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
                .count());
    }
    report(state, us);
}

void BM_Handle(benchmark::State& state, const char* path, const char* query) {
    auto& parts = full_model();
    std::size_t bytes = 0;
    measure(state, [&] { bytes = parts.get(path, query).body.size(); });
    state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK_CAPTURE(BM_Handle, dashboard_snapshot, "/dashboard/snapshot", "");
BENCHMARK_CAPTURE(BM_Handle, dashboard_snapshot_largest, "/dashboard/snapshot",
                  "tx_limit=500&feature_limit=2000&replay_limit=5000");
BENCHMARK_CAPTURE(BM_Handle, transactions, "/transactions", "");
BENCHMARK_CAPTURE(BM_Handle, transactions_all, "/transactions/all", "");
BENCHMARK_CAPTURE(BM_Handle, events, "/events", "after=780000");
BENCHMARK_CAPTURE(BM_Handle, scheduler_snapshot, "/scheduler/snapshot", "");
BENCHMARK_CAPTURE(BM_Handle, health, "/health", "");

// Over a kept connection, with (1) or without (0) a thread that records 1,000 transactions a
// second.
void BM_Served(benchmark::State& state, const char* target) {
    auto& parts = full_model();
    http::Server server(parts.api, parts.model, parts.history, parts.metrics,
                        {.bind = "127.0.0.1:0"});
    server.start();
    std::jthread feeder;
    if (state.range(0) != 0)
        feeder = std::jthread([&](const std::stop_token& stop) {
            static std::uint64_t n = 1'000'000;
            auto next = std::chrono::steady_clock::now();
            while (!stop.stop_requested()) {
                feed_transaction(parts, n++);
                next += std::chrono::milliseconds(1);
                std::this_thread::sleep_until(next);
            }
        });
    HttpClient client(server.port());
    const auto request = HttpClient::request(target);
    measure(state, [&] {
        client.send(request);
        benchmark::DoNotOptimize(client.read_reply());
    });
}
BENCHMARK_CAPTURE(BM_Served, dashboard_snapshot, "/dashboard/snapshot")
    ->Arg(0)
    ->Arg(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(BM_Served, transactions, "/transactions")->Arg(0)->Arg(1)->UseRealTime();
BENCHMARK_CAPTURE(BM_Served, scheduler_snapshot, "/scheduler/snapshot")
    ->Arg(0)
    ->Arg(1)
    ->UseRealTime();

// A thousand clients of /stream: what an event costs to bring to all of them, and what one costs in
// memory (of the process, without the kernel's buffers): idle, and while it takes nothing.
void BM_StreamCrowd(benchmark::State& state) {
    constexpr std::size_t kClients = 1000;
    allow_descriptors(5 * kClients);
    auto parts = std::make_unique<ApiParts>();
    std::uint64_t n = 0;
    for (; n < 70'000; ++n) parts->feed(seen(n)); // the window is full: it does not grow any more
    http::Server server(parts->api, parts->model, parts->history, parts->metrics,
                        {.bind = "127.0.0.1:0", .streams = {.socket_buffer = 8192}});
    parts->model.on_growth([&] { server.wake_streams(); });
    server.start();
    const auto before = resident_bytes();
    StreamCrowd crowd(server.port());
    crowd.join(kClients);
    if (!crowd.greeted(std::chrono::seconds(20))) return state.SkipWithError("not greeted");
    const auto idle = resident_bytes();
    crowd.expect_after(parts->model.latest_seq_id());
    for (auto _ : state) {
        for (int i = 0; i < 10; ++i) parts->feed(seen(n++));
        if (!crowd.read_up_to(parts->model.latest_seq_id(), std::chrono::seconds(20)))
            return state.SkipWithError("not delivered");
    }
    state.SetItemsProcessed(state.iterations() * 10 * static_cast<std::int64_t>(kClients));
    const auto busy = resident_bytes();
    for (int i = 0; i < 20'000; ++i) parts->feed(seen(n++)); // nobody reads
    std::this_thread::sleep_for(std::chrono::seconds(2));
    const auto stalled = resident_bytes();
    const auto each = [&](std::uint64_t more, std::uint64_t less) {
        return (static_cast<double>(more) - static_cast<double>(less)) / 1024 / kClients;
    };
    state.counters["kB_idle"] = each(idle, before);
    state.counters["kB_after_stall"] = each(stalled, busy);
    state.counters["faults"] = static_cast<double>(crowd.faults());
}
BENCHMARK(BM_StreamCrowd)->UseRealTime()->Iterations(50);

// A client of /stream that comes back and has `behind` events to catch up with: the newest 65,536
// from memory, older ones from the record (here one in memory: SQLite's part is not measured).
void BM_StreamCatchUp(benchmark::State& state) {
    auto& parts = full_model();
    http::Server server(parts.api, parts.model, parts.history, parts.metrics,
                        {.bind = "127.0.0.1:0"});
    server.start();
    const auto behind = static_cast<std::uint64_t>(state.range(0));
    const auto latest = parts.model.latest_seq_id();
    const auto end = "id: " + std::to_string(latest) + "\n";
    std::size_t bytes = 0;
    for (auto _ : state) {
        HttpClient client(server.port());
        client.send(HttpClient::request("/stream?after=" + std::to_string(latest - behind)));
        std::string tail;
        while (tail.find(end) == std::string::npos) {
            if (tail.size() > 1024) tail.erase(0, tail.size() - 1024);
            const auto more = client.receive();
            if (more.empty()) return state.SkipWithError("the stream has ended");
            bytes += more.size();
            tail += more;
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(BM_StreamCatchUp)->Arg(1000)->Arg(60'000)->Arg(200'000)->UseRealTime();

// What the feeding thread can take: one TxDecoded, the oldest of everything making room.
void BM_Apply(benchmark::State& state) {
    auto& parts = full_model();
    static std::uint64_t seq = 10'000'000;
    auto e = event(decoded(0));
    for (auto _ : state) {
        e.seq_id = parts.model.latest_seq_id() + 1;
        auto& tx = std::get<bus::TxDecoded>(e.data);
        tx.hash = hash_of(++seq);
        tx.sender = address_of(seq);
        parts.model.apply(e);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Apply);

} // namespace
} // namespace viz::test

BENCHMARK_MAIN();
