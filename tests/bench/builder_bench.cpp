// What a candidate costs the builder: taken into a block, and as a request to a relay.
#include <benchmark/benchmark.h>

#include <random>

#include "components/builder/relay_request.hpp"
#include "tests/unit/builder/scene.hpp"

namespace {

using namespace viz;

// Each reads 40 slots and writes 12, as three transactions at a pool or two do; one in so many is
// a pool that others use too.
std::vector<bus::Simulated> market(std::size_t count) {
    std::mt19937_64 random(1);
    std::vector<bus::Simulated> out;
    for (std::uint64_t id = 1; id <= count; ++id) {
        test::Wish wish{.id = id,
                        .net = static_cast<std::int64_t>(1 + random() % 1'000'000),
                        .gas = 350'000,
                        .members = {id}};
        const auto pool = 1 + random() % (2 * count);
        for (std::uint64_t slot = 0; slot < 40; ++slot) wish.reads.push_back(pool * 1000 + slot);
        for (std::uint64_t slot = 0; slot < 12; ++slot) wish.writes.push_back(pool * 1000 + slot);
        out.push_back(test::simulated(wish));
    }
    return out;
}

// The last of so many on a head.
void BM_Add(benchmark::State& state) {
    const auto all = market(static_cast<std::size_t>(state.range(0)));
    builder::Assembly assembly;
    assembly.new_head(test::head());
    for (const auto& one : all) assembly.add(one);
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(assembly.add(all[next])); // simulated anew
        next = (next + 1) % all.size();
    }
    state.counters["included"] = static_cast<double>(assembly.block().candidates.size());
}
BENCHMARK(BM_Add)->Arg(1)->Arg(32)->Arg(128)->Arg(512)->Unit(benchmark::kMicrosecond);

void BM_Request(benchmark::State& state) {
    const auto all = market(1);
    const builder::BuildHead head{.number = bus::BlockNumber{test::kHeadNumber},
                                  .hash = test::head().hash,
                                  .gas_limit = bus::Gas{30'000'000},
                                  .timestamp_s = 0,
                                  .slot_s = 12};
    for (auto _ : state)
        benchmark::DoNotOptimize(builder::relay_request(builder::make_bundle(all[0], head, {}),
                                                        builder::RelayMethod::eth_call_bundle,
                                                        builder::OwnSteps::omit));
}
BENCHMARK(BM_Request)->Unit(benchmark::kMicrosecond);

} // namespace
