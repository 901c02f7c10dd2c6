// How long it takes to size: a V2 front-run, a V3 one within a range and across ticks, cycles; and
// the single swaps they are made of.
#include <benchmark/benchmark.h>

#include "components/search/amm/path.hpp"

namespace viz::search::amm {
namespace {

const U256 kEther(1'000'000'000'000'000'000);
// 12,000 ETH against 30,000,000 of a token with 6 decimals.
const V2Side kSide{kEther * U256(12'000), U256(30'000'000'000'000), {}};
const Victim kVictim{true, kEther* U256(100),
                     *v2_amount_out(kSide, kEther* U256(100)) * U256(99) / U256(100)};

struct V3Market {
    V3Curve curve;
    V3State state;
};

// Deep in one range, or in many narrow ones.
V3Market v3_market(bool many) {
    V3Market m{{.fee_pips = 500, .tick_spacing = 10, .ticks = {}}, {}};
    const Int128 unit = 1'000'000'000'000'000'000;
    m.state = {sqrt_ratio_at_tick(5) + U256(99), 5, static_cast<Uint128>(20'000 * unit)};
    m.curve.ticks.push_back({-20'000, 20'000 * unit});
    if (many)
        for (int i = -100; i < 100; ++i)
            if (i != 0) m.curve.ticks.push_back({i * 10, i < 0 ? unit : -unit});
    m.curve.ticks.push_back({20'000, -20'000 * unit});
    if (many) m.state.liquidity += static_cast<Uint128>(100 * unit);
    return m;
}

V3Victim v3_victim(const V3Market& m) {
    V3Victim v{false, {true, kEther * U256(100), {}}, {}};
    v.swap.bound = v3_swap(m.curve, m.state, {false, true, v.swap.amount, {}})->amount_out *
                   U256(995) / U256(1000);
    return v;
}

void v2_out(benchmark::State& bench) {
    auto amount = kVictim.amount;
    for (auto _ : bench) benchmark::DoNotOptimize(v2_amount_out(kSide, amount));
}
BENCHMARK(v2_out);

void v2_front_run(benchmark::State& bench) {
    for (auto _ : bench)
        benchmark::DoNotOptimize(v2_largest_front_run(kSide, kVictim, max_of_bits(112)));
}
BENCHMARK(v2_front_run);

void v2_sandwich_with_profit(benchmark::State& bench) {
    for (auto _ : bench)
        benchmark::DoNotOptimize(v2_best_sandwich(kSide, kVictim, max_of_bits(112)));
}
BENCHMARK(v2_sandwich_with_profit);

void v3_one_step(benchmark::State& bench) {
    const auto m = v3_market(false);
    const auto target = sqrt_ratio_at_tick(1000);
    const auto amount = kEther * U256(100);
    for (auto _ : bench)
        benchmark::DoNotOptimize(
            v3_step(m.state.sqrt_price, target, m.state.liquidity, amount, true, 500));
}
BENCHMARK(v3_one_step);

void v3_whole_swap(benchmark::State& bench) {
    const auto m = v3_market(bench.range(0) != 0);
    const V3Request request{false, true, kEther * U256(100), {}};
    double steps = 0;
    for (auto _ : bench) {
        const auto s = v3_swap(m.curve, m.state, request);
        steps = s->steps;
        benchmark::DoNotOptimize(s);
    }
    bench.counters["steps"] = steps;
}
BENCHMARK(v3_whole_swap)->Arg(0)->Arg(1);

void v3_front_run(benchmark::State& bench) {
    const auto m = v3_market(bench.range(0) != 0);
    const auto victim = v3_victim(m);
    for (auto _ : bench)
        benchmark::DoNotOptimize(v3_largest_front_run(m.curve, m.state, victim, U256(1) << 100));
}
BENCHMARK(v3_front_run)->Arg(0)->Arg(1);

void v3_sandwich_with_profit(benchmark::State& bench) {
    const auto m = v3_market(bench.range(0) != 0);
    const auto victim = v3_victim(m);
    for (auto _ : bench)
        benchmark::DoNotOptimize(v3_best_sandwich(m.curve, m.state, victim, U256(1) << 100));
}
BENCHMARK(v3_sandwich_with_profit)->Arg(0)->Arg(1);

void tick_of_price(benchmark::State& bench) {
    auto price = sqrt_ratio_at_tick(123'456) + U256(77);
    for (auto _ : bench) benchmark::DoNotOptimize(tick_at_sqrt_ratio(price));
}
BENCHMARK(tick_of_price);

void cycle_of_v2_pairs(benchmark::State& bench) {
    std::vector<Hop> path{kSide, V2Side{U256(20'000'000'000'000), kEther * U256(8'200), {}}};
    if (bench.range(0) == 3)
        path.insert(path.begin() + 1, V2Side{U256(9'000'000'000'000), U256(9'000'000'000'000), {}});
    for (auto _ : bench) benchmark::DoNotOptimize(best_cycle(path, max_of_bits(112)));
}
BENCHMARK(cycle_of_v2_pairs)->Arg(2)->Arg(3);

void cycle_of_v2_and_v3(benchmark::State& bench) {
    const auto m = v3_market(bench.range(0) != 0);
    const auto depth = kEther * U256(500);
    const std::vector<Hop> path{V3Hop{&m.curve, m.state, true},
                                V2Side{depth, depth * U256(102) / U256(100), {}}};
    for (auto _ : bench) benchmark::DoNotOptimize(best_cycle(path, max_of_bits(112)));
}
BENCHMARK(cycle_of_v2_and_v3)->Arg(0)->Arg(1);

} // namespace
} // namespace viz::search::amm
