// What a hop costs: a decoded transaction encoded, sent over inproc, received by a reactor on
// another thread, verified and decoded there.
#include <atomic>
#include <thread>

#include <benchmark/benchmark.h>

#include "bus/reactor.hpp"

namespace viz::bus {
namespace {

DecodedTx transaction(std::size_t raw_bytes) {
    DecodedTx tx;
    tx.chain_id = ChainId{1};
    tx.source_id = "node-a";
    tx.raw.assign(raw_bytes, 0x5a);
    return tx;
}

void EncodeDecode(benchmark::State& state) {
    const auto tx = transaction(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(decode<DecodedTx>(encode(tx)));
}
BENCHMARK(EncodeDecode)->ArgName("bytes")->Arg(120)->Arg(1'000);

// There and back between two threads: half of it is the latency of one hop, thread wake-up
// included.
void RoundTrip(benchmark::State& state) {
    Metrics metrics;
    const SystemClock clock;
    Bus bus(metrics, clock);
    PendingOut there(bus.sender(Stream::pending, "near"));
    PendingIn far_in(bus.receiver(Stream::pending));
    TxOut back(bus.sender(Stream::tx, "far"));
    TxIn near_in(bus.receiver(Stream::tx));
    std::jthread far([&](std::stop_token stop) {
        Reactor reactor;
        reactor.on(far_in, [&](const PendingTx&) { back.send(transaction(120)); });
        reactor.run(stop);
    });
    PendingTx ping;
    ping.chain_id = ChainId{1};
    ping.body.resize(120);
    Received received;
    for (auto _ : state) {
        there.send(ping);
        while (!near_in.receiver().try_receive(received)) {
        }
    }
}
BENCHMARK(RoundTrip)->UseRealTime()->Unit(benchmark::kMicrosecond);

// Messages a second through one hop; with a tap that nobody uses when `tap` is 1.
void Throughput(benchmark::State& state) {
    constexpr int kBatch = 10'000;
    Metrics metrics;
    const SystemClock clock;
    Bus bus(metrics, clock);
    TxOut out(bus.sender(Stream::tx, "near"));
    TxIn in(bus.receiver(Stream::tx));
    std::jthread tapping;
    if (state.range(1) != 0)
        tapping = std::jthread(
            [tap = bus.tap({"ipc://bus_bench.tap"})](std::stop_token stop) { tap->run(stop); });
    std::atomic<std::int64_t> arrived{0};
    std::jthread far([&](std::stop_token stop) {
        Reactor reactor;
        reactor.on(in, [&](const DecodedTx&) { arrived.fetch_add(1, std::memory_order_relaxed); });
        reactor.run(stop);
    });
    const auto tx = transaction(static_cast<std::size_t>(state.range(0)));
    std::int64_t sent = 0;
    for (auto _ : state) {
        for (int i = 0; i < kBatch; ++i) out.send(tx); // waits where the other side is slower
        sent += kBatch;
        while (arrived.load(std::memory_order_relaxed) < sent) std::this_thread::yield();
    }
    state.SetItemsProcessed(sent);
}
BENCHMARK(Throughput)
    ->ArgNames({"bytes", "tap"})
    ->ArgsProduct({{120, 1'000}, {0, 1}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace viz::bus

BENCHMARK_MAIN();
