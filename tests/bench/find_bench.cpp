// From a pending transaction to a candidate, and from a candidate to its simulated profit, on a
// state that is warm: all in memory, code analysed.
#include <algorithm>
#include <chrono>

#include <benchmark/benchmark.h>

#include "components/search/backrun.hpp"
#include "components/sim/case_text.hpp"
#include "components/sim/recently_sent_codes.hpp"
#include "tests/conformance/search/market.hpp"

namespace {

using namespace viz;
using eth::U256;
using test::ether;

// The tail is what matters: medians and 99th percentiles beside the mean.
class Percentiles {
  public:
    template <class Work> void time(Work work) {
        const auto before = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - before;
        all_.push_back(took.count());
    }
    void report(benchmark::State& state) {
        std::sort(all_.begin(), all_.end());
        state.counters["p50_us"] = all_[all_.size() / 2];
        state.counters["p99_us"] = all_[all_.size() * 99 / 100];
    }

  private:
    std::vector<double> all_;
};

struct Scene {
    test::Market market;
    eth::Address base{market.chain.token0};
    eth::Address other{market.chain.token1};
    eth::Address pair{market.pair_of(market.factory, base, other, ether(1000), ether(2'000'000))};
    eth::Address victim{market.trader(1)};
    U256 fair = *search::amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, ether(20));
    search::Pending tx{
        market.swap(victim, test::kExactIn, ether(20), fair* U256(97) / U256(100), {base, other})};
    std::vector<search::BaseToken> bases{{base, 1, 1, ether(100'000)}};
};

void observe_victim(benchmark::State& state) {
    Scene scene;
    auto trial = scene.market.make_trial();
    Percentiles times;
    for (auto _ : state)
        times.time([&] {
            benchmark::DoNotOptimize(search::observe(trial, scene.market.pools, scene.tx));
        });
    times.report(state);
}
BENCHMARK(observe_victim)->Unit(benchmark::kMicrosecond);

template <class Strategy> void candidates(benchmark::State& state) {
    Scene scene;
    const auto rival = scene.market.chain.deploy("v2-core/build/UniswapV2Factory", {U256()});
    const auto code = eth::keccak256(test::creation_code("v2-core/build/UniswapV2Pair"));
    scene.market.pair_of(rival, scene.base, scene.other, ether(1000), ether(2'000'000));
    scene.market.pools =
        search::PoolView({.v2_fees = {},
                          .v2_factories = {{scene.market.factory, code}, {rival, code}},
                          .v3_factories = {}});
    auto trial = scene.market.make_trial();
    const Strategy strategy;
    Percentiles times;
    std::size_t found = 0;
    for (auto _ : state)
        times.time([&] {
            const auto seen = search::observe(trial, scene.market.pools, scene.tx);
            found = strategy.search({trial, scene.market.pools, scene.bases, {&seen, 1}}).size();
        });
    if (found != 1) state.SkipWithError("no candidate");
    times.report(state);
}
BENCHMARK(candidates<search::SandwichStrategy>)->Unit(benchmark::kMicrosecond);
BENCHMARK(candidates<search::BackrunStrategy>)->Unit(benchmark::kMicrosecond);

void simulate_sandwich(benchmark::State& state) {
    Scene scene;
    const auto found = scene.market.find(search::SandwichStrategy(), {scene.tx});
    const auto request = scene.market.request(found.at(0));
    sim::SimSettings settings;
    settings.robustness = state.range(0) != 0;
    Percentiles times;
    for (auto _ : state)
        times.time([&] {
            const auto result = sim::simulate(scene.market.chain.state(), scene.market.rules(),
                                              scene.market.block, request, settings);
            if (!result.succeeded()) state.SkipWithError("it failed");
        });
    times.report(state);
}
BENCHMARK(simulate_sandwich)->ArgName("robustness")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

// What recording a simulation adds to it.
void case_of_a_sandwich(benchmark::State& state) {
    Scene scene;
    auto& market = scene.market;
    const auto found = market.find(search::SandwichStrategy(), {scene.tx});
    const auto request = market.request(found.at(0));
    const auto below = market.chain.snapshot();
    evm::CodeCache codes;
    evm::Overlay overlay(below, codes);
    const auto result = sim::simulate(overlay, market.rules(), market.block, request);
    sim::RecentlySentCodes sent;
    Percentiles times;
    std::size_t bytes = 0;
    for (auto _ : state)
        times.time([&] {
            const auto made =
                sim::make_case({}, {}, overlay, market.rules(), market.block, request, {}, result);
            bytes = sim::case_body(made->what).size();
            benchmark::DoNotOptimize(sent.due(bytes, made->codes));
        });
    times.report(state);
    state.counters["body_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(case_of_a_sandwich)->Unit(benchmark::kMicrosecond);

} // namespace
