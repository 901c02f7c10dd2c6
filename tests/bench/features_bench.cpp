#include <benchmark/benchmark.h>

#include "components/features/labeller.hpp"
#include "tests/support/values.hpp"

namespace {

using namespace viz;

void label(benchmark::State& state, const bus::DecodedTx& tx) {
    const features::Labeller labeller(features::ProtocolRegistry::built_in());
    const std::optional<bus::Wei> base_fee{20'000'000'000U};
    for (auto _ : state) benchmark::DoNotOptimize(labeller.label(tx, base_fee));
}

bus::DecodedTx base() {
    bus::DecodedTx tx;
    tx.chain_id = eth::ChainId{1};
    tx.hash = test::hash_of(1);
    tx.to = test::address_of(1);
    tx.max_fee_per_gas = 40'000'000'000U;
    tx.max_priority_fee_per_gas = 2'000'000'000U;
    return tx;
}

void BM_LabelTransfer(benchmark::State& state) {
    label(state, base());
}
BENCHMARK(BM_LabelTransfer);

void BM_LabelKnownSwap(benchmark::State& state) {
    auto tx = base();
    tx.to = eth::Address{{0x7a, 0x25, 0x0d, 0x56, 0x30, 0xB4, 0xcF, 0x53, 0x97, 0x39,
                          0xdF, 0x2C, 0x5d, 0xAc, 0xb4, 0xc6, 0x59, 0xF2, 0x48, 0x8D}};
    tx.calldata = {0x38, 0xed, 0x17, 0x39};
    tx.calldata.resize(260);
    label(state, tx);
}
BENCHMARK(BM_LabelKnownSwap);

void BM_LabelUnknownCall(benchmark::State& state) {
    auto tx = base();
    tx.calldata = {1, 2, 3, 4};
    label(state, tx);
}
BENCHMARK(BM_LabelUnknownCall);

} // namespace
