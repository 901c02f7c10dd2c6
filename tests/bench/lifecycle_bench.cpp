// Cost of one transaction and of one block at a pool of main-net size.
#include <benchmark/benchmark.h>

#include "tests/unit/lifecycle/scene.hpp"

namespace {

using namespace viz;

constexpr std::uint64_t kSenders = 25'000;
constexpr std::uint64_t kPooled = 50'000;
constexpr std::uint64_t kPerBlock = 200;

// kPooled ready transactions, two of each sender, nonces from 0.
void fill(test::Scene& scene) {
    scene.block(1);
    for (std::uint64_t n = 0; n < kPooled; ++n) {
        scene.pool.on_transaction(
            test::make_tx({.id = n + 1, .sender = n % kSenders + 1, .nonce = n / kSenders}),
            scene.now, scene.out);
        if (n < kSenders)
            scene.pool.on_account_nonce({.chain_id = test::kChain,
                                         .address = test::address_of(n + 1),
                                         .nonce = 0,
                                         .at_block = eth::BlockNumber{1}},
                                        scene.now, scene.out);
        scene.out.events.clear();
    }
}

void BM_Transaction(benchmark::State& state) {
    test::Scene scene;
    fill(scene);
    std::uint64_t n = 0;
    std::vector<bus::DecodedTx> txs;
    for (; n < 100'000; ++n)
        txs.push_back(test::make_tx(
            {.id = kPooled + n + 1, .sender = n * 7919 % kSenders + 1, .nonce = 2 + n / kSenders}));
    n = 0;
    for (auto _ : state) {
        scene.pool.on_transaction(txs[n++], scene.now, scene.out);
        scene.out.events.clear();
    }
    state.counters["pooled"] = static_cast<double>(scene.pool.size());
}
BENCHMARK(BM_Transaction)->Iterations(100'000)->Unit(benchmark::kMicrosecond);

std::vector<test::Scene::InBlock> block_txs(std::uint64_t block) {
    std::vector<test::Scene::InBlock> txs;
    for (std::uint64_t i = 0; i < kPerBlock; ++i) {
        const auto n = block * kPerBlock + i;
        txs.push_back({.id = n + 1, .sender = n % kSenders + 1, .nonce = n / kSenders});
    }
    return txs;
}

void BM_BlockOf200(benchmark::State& state) {
    test::Scene scene;
    fill(scene);
    std::uint64_t block = 0;
    for (auto _ : state) {
        state.PauseTiming();
        const auto head = test::Scene::head(block + 2, block_txs(block), 0, 0);
        ++block;
        state.ResumeTiming();
        scene.pool.on_head(head, scene.now, scene.out);
        benchmark::DoNotOptimize(scene.out.events.data());
        scene.out.events.clear();
    }
}
BENCHMARK(BM_BlockOf200)->Iterations(200)->Unit(benchmark::kMicrosecond);

void BM_ReorgOfOneBlock(benchmark::State& state) {
    test::Scene scene;
    fill(scene);
    const auto head = test::Scene::head(2, block_txs(0), 0, 0);
    for (auto _ : state) {
        state.PauseTiming();
        scene.pool.on_head(head, scene.now, scene.out);
        scene.out.events.clear();
        state.ResumeTiming();
        scene.pool.on_reorg({.chain_id = test::kChain,
                             .ancestor_number = eth::BlockNumber{1},
                             .ancestor_hash = test::Scene::block_hash(1, 0),
                             .depth = 1,
                             .reverted_blocks = {}},
                            scene.now, scene.out);
        scene.out.events.clear();
    }
}
BENCHMARK(BM_ReorgOfOneBlock)->Iterations(200)->Unit(benchmark::kMicrosecond);

} // namespace
