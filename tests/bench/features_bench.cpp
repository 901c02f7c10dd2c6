#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/features/actions.hpp"
#include "components/features/labeller.hpp"
#include "components/features/signature_list.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/values.hpp"

namespace {

using namespace viz;

void label(benchmark::State& state, const bus::DecodedTx& tx) {
    const features::Labeller labeller(features::ProtocolRegistry::built_in());
    const features::LabelContext around{.base_fee = bus::Wei{20'000'000'000U}, .tip_rank = 50};
    for (auto _ : state) benchmark::DoNotOptimize(labeller.label(tx, around));
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

void decode(benchmark::State& state, const std::vector<eth::Bytes>& calls, const eth::Address& to) {
    const auto registry = features::ProtocolRegistry::built_in();
    std::size_t next = 0;
    for (auto _ : state) {
        const eth::Bytes& data = calls[next++ % calls.size()];
        benchmark::DoNotOptimize(features::decode_actions({.chain_id = eth::ChainId{1},
                                                           .from = test::address_of(2),
                                                           .to = to,
                                                           .value = 1000U,
                                                           .data = data},
                                                          registry));
    }
}

void BM_DecodeTransfer(benchmark::State& state) {
    decode(state, {eth::Bytes{}}, test::address_of(1));
}
BENCHMARK(BM_DecodeTransfer);

// All calls to Universal Router 1.2 in the corpus, in turn.
const std::string kUniversalRouter = "0x3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad";

std::vector<eth::Bytes> universal_router_calls() {
    std::vector<eth::Bytes> calls;
    if (!test::has_corpus()) return calls;
    for (const auto& path : test::files_below(test::corpus_dir() / "mainnet")) {
        if (path.filename() != "block.json") continue;
        auto block = nlohmann::json::parse(test::read_text(path));
        if (block.contains("result")) block = nlohmann::json(block["result"]);
        for (const auto& tx : block["transactions"])
            if (tx["to"].is_string() && tx["to"].get<std::string>() == kUniversalRouter)
                calls.push_back(*eth::bytes_from_hex(tx["input"].get<std::string>()));
    }
    return calls;
}

void BM_DecodeUniversalRouter(benchmark::State& state) {
    const auto calls = universal_router_calls();
    if (calls.empty()) return state.SkipWithError("no Universal Router calls: set CORPUS_DIR");
    decode(state, calls, *eth::address_from_hex(kUniversalRouter));
}
BENCHMARK(BM_DecodeUniversalRouter);

// The same with the rest of the label: protocol, scores, the actions as they travel.
void BM_LabelUniversalRouter(benchmark::State& state) {
    std::vector<bus::DecodedTx> txs;
    for (const auto& call : universal_router_calls()) {
        auto& tx = txs.emplace_back(base());
        tx.to = eth::address_from_hex(kUniversalRouter);
        tx.calldata = call;
    }
    if (txs.empty()) return state.SkipWithError("no Universal Router calls: set CORPUS_DIR");
    const features::Labeller labeller(features::ProtocolRegistry::built_in());
    const features::LabelContext around{.base_fee = bus::Wei{20'000'000'000U}, .tip_rank = 50};
    std::size_t next = 0;
    for (auto _ : state) benchmark::DoNotOptimize(labeller.label(txs[next++ % txs.size()], around));
}
BENCHMARK(BM_LabelUniversalRouter);

// Hits and misses in turn.
void BM_ListedSignature(benchmark::State& state) {
    std::uint32_t next = 0x9e3779b9;
    for (auto _ : state) {
        next = next * 1664525 + 1013904223;
        const eth::Selector selector = (next & 1024U) != 0
                                           ? eth::Selector{{0xc9, 0x80, 0x75, 0x39}}
                                           : eth::Selector{{static_cast<std::uint8_t>(next >> 24U),
                                                            static_cast<std::uint8_t>(next >> 16U),
                                                            static_cast<std::uint8_t>(next >> 8U),
                                                            static_cast<std::uint8_t>(next)}};
        benchmark::DoNotOptimize(features::listed_signature(selector));
    }
}
BENCHMARK(BM_ListedSignature);

} // namespace
