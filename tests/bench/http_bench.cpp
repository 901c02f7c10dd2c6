// Latency of the API at a full read model: what a handler costs, and what a client on the loopback
// interface waits, while events flow in.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "http/server.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/http_fixture.hpp"

namespace viz::test {
namespace {

ApiParts& full_model() {
    static auto parts = [] {
        auto made = std::make_unique<ApiParts>();
        for (std::uint64_t n = 0; n < 60'000; ++n) made->feed_transaction(n, 1 + n % 3);
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
BENCHMARK_CAPTURE(BM_Handle, events, "/events", "after=170000");
BENCHMARK_CAPTURE(BM_Handle, scheduler_snapshot, "/scheduler/snapshot", "");
BENCHMARK_CAPTURE(BM_Handle, health, "/health", "");

// Over a kept connection, with `feeders` threads recording 1,000 transactions a second.
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
                parts.feed_transaction(n++);
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

void BM_Apply(benchmark::State& state) {
    auto& parts = full_model();
    static std::uint64_t seq = 10'000'000;
    auto e = event(decoded(0));
    for (auto _ : state) {
        e.seq_id = parts.model.latest_seq_id() + 1;
        std::get<bus::TxDecoded>(e.data).hash = hash_of(++seq);
        parts.model.apply(e);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Apply);

} // namespace
} // namespace viz::test

BENCHMARK_MAIN();
