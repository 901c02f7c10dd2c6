// How many full-body notices a second ingest takes from one WebSocket and hands to decode, with
// the journal entry of each; and what reading one notice costs by itself.
#include <random>
#include <thread>

#include <benchmark/benchmark.h>
#include <spdlog/spdlog.h>

#include "components/ingest/rpc_message.hpp"
#include "tests/integration/ingest/bench_of_ingest.hpp"

namespace viz::ingest {
namespace {

std::shared_ptr<std::vector<std::string>> notices(std::uint64_t count) {
    auto out = std::make_shared<std::vector<std::string>>();
    for (std::uint64_t n = 0; n < count; ++n) {
        auto body = tx(n);
        // As long as a usual call.
        body.insert(body.size() - 1, R"(,"data":"0x)" + std::string(400, 'a') + '"');
        out->push_back(test::FakeNode::pending_notice(body));
    }
    return out;
}

void ReadNotice(benchmark::State& state) {
    auto text = notices(1)->front();
    const auto message = padded(text);
    RpcReader reader;
    const Subscriptions known{.pending = "0xfade", .heads = "0x4ead"};
    for (auto _ : state) benchmark::DoNotOptimize(reader.read(message, known));
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(ReadNotice);

// Generator, ingest and a reader of what it sends share the machine's cores.
void NodeToBus(benchmark::State& state) {
    spdlog::set_level(spdlog::level::warn);
    constexpr std::uint64_t kCount = 200'000;
    const auto prepared = notices(kCount);
    for (auto _ : state) {
        test::FakeNode node;
        auto config = config_of(chain_of({&node}));
        config.max_seen_hashes = kCount;
        IngestBench ingest(config, {}, 1 << 20);
        if (!test::eventually([&] { return node.subscribers() == 1; })) state.SkipWithError("down");
        const auto start = std::chrono::steady_clock::now();
        node.play(prepared, static_cast<double>(state.range(0)), kCount);
        if (!test::eventually([&] { return ingest.received() == kCount; },
                              std::chrono::seconds(60)))
            state.SkipWithError("not all arrived");
        state.SetIterationTime(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        state.counters["dropped"] = ingest.observed("dropped");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(kCount) * state.iterations());
}
BENCHMARK(NodeToBus)->Arg(20'000)->Arg(1'000'000)->Iterations(1)->UseManualTime()->Unit(
    benchmark::kMillisecond);

} // namespace
} // namespace viz::ingest

BENCHMARK_MAIN();
