// What a hop costs: a decoded transaction encoded, sent over inproc, received by a reactor on
// another thread, verified and decoded there.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <zmq.hpp>

#include "bus/bridge.hpp"
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

// A hop from one thread to another and how many messages have arrived; with a tap that nobody
// uses where asked for.
class Hop {
  public:
    explicit Hop(bool tapped) {
        if (tapped)
            tap_ = std::jthread([tap = bus_.tap({"ipc://bus_bench.tap"})](std::stop_token stop) {
                tap->run(stop);
            });
    }

    void send(const DecodedTx& tx, int count) {
        for (int i = 0; i < count; ++i) out_.send(tx); // waits where the other side is slower
        sent_ += count;
        while (arrived_.load(std::memory_order_relaxed) < sent_) std::this_thread::yield();
    }
    std::int64_t sent() const { return sent_; }

  private:
    Metrics metrics_;
    SystemClock clock_;
    Bus bus_{metrics_, clock_};
    TxOut out_{bus_.sender(Stream::tx, "near")};
    TxIn in_{bus_.receiver(Stream::tx)};
    std::atomic<std::int64_t> arrived_{0};
    std::int64_t sent_{};
    std::jthread tap_;
    std::jthread far_{[this](std::stop_token stop) {
        Reactor reactor;
        reactor.on(in_,
                   [&](const DecodedTx&) { arrived_.fetch_add(1, std::memory_order_relaxed); });
        reactor.run(stop);
    }};
};

// Messages a second through one hop.
void Throughput(benchmark::State& state) {
    constexpr int kBatch = 10'000;
    Hop hop(false);
    const auto tx = transaction(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) hop.send(tx, kBatch);
    state.SetItemsProcessed(hop.sent());
}
BENCHMARK(Throughput)
    ->ArgName("bytes")
    ->Arg(120)
    ->Arg(1'000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// What a tap costs that nobody uses: the same batches with and without it in turn, and the ratio
// of the two medians (1: nothing).
void IdleTap(benchmark::State& state) {
    constexpr int kBatch = 2'000;
    Hop without(false);
    Hop with(true);
    const auto tx = transaction(120);
    std::vector<double> took_without;
    std::vector<double> took_with;
    const auto timed = [&](Hop& hop, std::vector<double>& into) {
        const auto start = std::chrono::steady_clock::now();
        hop.send(tx, kBatch);
        into.push_back(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    };
    for (auto _ : state) {
        timed(without, took_without);
        timed(with, took_with);
    }
    const auto median = [](std::vector<double>& all) {
        std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
        return all[all.size() / 2];
    };
    state.counters["ratio"] = median(took_with) / median(took_without);
}
BENCHMARK(IdleTap)->Iterations(1'000)->UseRealTime()->Unit(benchmark::kMillisecond);

std::string free_tcp() {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::pull);
    socket.bind("tcp://127.0.0.1:*");
    return socket.get(zmq::sockopt::last_endpoint);
}

// Messages a second from one bus to another through a bridge: 0 ipc, 1 tcp with keys.
void Bridged(benchmark::State& state) {
    constexpr int kBatch = 10'000;
    const bool tcp = state.range(0) != 0;
    const Endpoint endpoint{tcp ? free_tcp() : "ipc://bus_bench.tx"};
    std::optional<CurveKey> key;
    if (tcp) {
        std::array<char, 41> public_key{};
        std::array<char, 41> secret_key{};
        zmq_curve_keypair(public_key.data(), secret_key.data());
        key = CurveKey{public_key.data(), secret_key.data()};
    }
    const SystemClock clock;
    Metrics metrics;
    Metrics far_metrics;
    Bus near(metrics, clock);
    Bus far(far_metrics, clock);
    PeerBoard board;
    PeerBoard far_board;
    BridgeHub hub({metrics, clock, board, key, 1});
    BridgeHub far_hub({far_metrics, clock, far_board, key, 2});
    TxOut out(near.sender(Stream::tx, "near"));
    TxIn in(far.receiver(Stream::tx));
    std::vector<std::jthread> threads;
    const auto run = [&](std::unique_ptr<Component> component) {
        if (component)
            threads.emplace_back(
                [c = std::move(component)](std::stop_token stop) { c->run(stop); });
    };
    run(hub.gatekeeper());
    run(hub.exporter({Stream::tx, endpoint, {"features"}}, near.receiver(Stream::tx)));
    run(far_hub.importer({Stream::tx, endpoint, {"features"}}, far.sender(Stream::tx, "bridge")));
    if (!board.wait_for(Stream::tx, {"features"}, std::chrono::seconds(5)))
        return state.SkipWithError("the other side did not come");
    const auto tx = transaction(120);
    Received received;
    std::int64_t sent = 0;
    std::int64_t arrived = 0;
    const auto take = [&] {
        while (in.receiver().try_receive(received)) ++arrived;
    };
    for (auto _ : state) {
        for (int i = 0; i < kBatch; ++i) {
            out.send(tx);
            take();
        }
        sent += kBatch;
        while (arrived < sent) take();
    }
    state.SetItemsProcessed(sent);
    // One at a time: there, through two threads of ours and two of ZeroMQ's.
    std::vector<double> took;
    for (int i = 0; i < 2'000; ++i) {
        const auto start = std::chrono::steady_clock::now();
        out.send(tx);
        while (arrived == sent) take();
        sent = arrived;
        took.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
                .count());
    }
    std::ranges::sort(took);
    state.counters["p50_us"] = took[took.size() / 2];
    state.counters["p99_us"] = took[took.size() * 99 / 100];
}
BENCHMARK(Bridged)->ArgName("tcp")->Arg(0)->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace viz::bus

BENCHMARK_MAIN();
