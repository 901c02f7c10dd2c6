// What decoding one transaction costs, and of what the cost is made. With the corpus: the
// transactions of a mainnet block as its node reported them; without: one of every type.
#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "components/decode/decoder.hpp"
#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/eth/trie_root.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/signed_transactions.hpp"

namespace {

using namespace viz;

struct Sample {
    eth::Transaction tx;
    eth::Bytes raw;
    std::string json;
    eth::Hash hash;
};

struct Samples {
    std::vector<Sample> all;
    double bytes_each{};

    void add(std::string json) {
        eth::TransactionJsonParser parser;
        auto read = parser.parse(json);
        if (!read) throw std::runtime_error("a sample that does not parse");
        auto raw = eth::encode_transaction(read->tx);
        const auto hash = eth::keccak256(raw);
        all.push_back({std::move(read->tx), std::move(raw), std::move(json), hash});
    }
};

Samples load() {
    Samples samples;
    if (test::has_corpus()) {
        const auto file = test::corpus_dir() / "mainnet/19933597/block.json";
        const auto block = nlohmann::json::parse(test::read_text(file));
        for (const auto& tx : block.at("transactions")) samples.add(tx.dump());
    } else {
        for (const auto& vector : test::kSigned) samples.add(std::string(vector.json));
    }
    for (const auto& sample : samples.all)
        samples.bytes_each += static_cast<double>(sample.raw.size());
    if (samples.all.empty()) throw std::runtime_error("no samples");
    samples.bytes_each /= static_cast<double>(samples.all.size());
    return samples;
}

const Samples& samples() {
    static const Samples loaded = load();
    return loaded;
}

// One sample an iteration, in turn.
template <class F> void over_samples(benchmark::State& state, F work) {
    const auto& all = samples().all;
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(work(all[i]));
        if (++i == all.size()) i = 0;
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["bytes_each"] = samples().bytes_each;
    state.counters["samples"] = static_cast<double>(all.size());
}

void BM_ParseRlp(benchmark::State& state) {
    over_samples(state, [](const Sample& s) { return eth::decode_transaction(s.raw); });
}
BENCHMARK(BM_ParseRlp);

void BM_ParseJson(benchmark::State& state) {
    eth::TransactionJsonParser parser;
    over_samples(state, [&](const Sample& s) { return parser.parse(s.json); });
}
BENCHMARK(BM_ParseJson);

void BM_Encode(benchmark::State& state) {
    over_samples(state, [](const Sample& s) { return eth::encode_transaction(s.tx); });
}
BENCHMARK(BM_Encode);

void BM_HashOfTransaction(benchmark::State& state) {
    over_samples(state, [](const Sample& s) { return eth::keccak256(s.raw); });
}
BENCHMARK(BM_HashOfTransaction);

void BM_SigningHash(benchmark::State& state) {
    over_samples(state, [](const Sample& s) { return eth::signing_hash(s.tx); });
}
BENCHMARK(BM_SigningHash);

void BM_RecoverSender(benchmark::State& state) {
    const eth::SenderRecoverer recoverer;
    const auto& sample = samples().all[0];
    const auto hash = eth::signing_hash(sample.tx);
    for (auto _ : state) benchmark::DoNotOptimize(recoverer.recover(hash, sample.tx.signature));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_RecoverSender);

// Parsed and re-hashed against its hash, without recovery.
void BM_VerifyHashFromRlp(benchmark::State& state) {
    over_samples(state, [](const Sample& s) {
        const auto tx = eth::decode_transaction(s.raw);
        return eth::transaction_hash(*tx) == s.hash;
    });
}
BENCHMARK(BM_VerifyHashFromRlp);

void BM_VerifyHashFromJson(benchmark::State& state) {
    eth::TransactionJsonParser parser;
    over_samples(state, [&](const Sample& s) {
        const auto tx = parser.parse(s.json);
        return eth::transaction_hash(tx->tx) == s.hash;
    });
}
BENCHMARK(BM_VerifyHashFromJson);

// The whole of decode's core: parsed, re-hashed, sender recovered and compared.
void decode_all(benchmark::State& state, bus::BodyFormat format) {
    std::vector<bus::PendingTx> pending;
    for (const auto& sample : samples().all)
        pending.push_back({.chain_id = sample.tx.chain_id.value_or(
                               test::has_corpus() ? eth::ChainId{1} : test::kDevChain),
                           .source_id = "bench",
                           .announced_hash = sample.hash,
                           .format = format,
                           .body = format == bus::BodyFormat::raw_rlp
                                       ? sample.raw
                                       : eth::Bytes(sample.json.begin(), sample.json.end())});
    decode::Decoder decoder;
    std::size_t i = 0;
    std::size_t failed = 0;
    for (auto _ : state) {
        const auto tx = decoder.decode(pending[i]);
        if (!tx) ++failed;
        benchmark::DoNotOptimize(tx);
        if (++i == pending.size()) i = 0;
    }
    if (failed != 0) state.SkipWithError("a sample was rejected");
    state.SetItemsProcessed(state.iterations());
    state.counters["bytes_each"] = samples().bytes_each;
}
void BM_DecodeRlp(benchmark::State& state) {
    decode_all(state, bus::BodyFormat::raw_rlp);
}
BENCHMARK(BM_DecodeRlp);
void BM_DecodeJson(benchmark::State& state) {
    decode_all(state, bus::BodyFormat::node_json);
}
BENCHMARK(BM_DecodeJson);

void BM_Keccak(benchmark::State& state) {
    const eth::Bytes input(static_cast<std::size_t>(state.range(0)), 0x5a);
    for (auto _ : state) benchmark::DoNotOptimize(eth::keccak256(input));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Keccak)->Arg(32)->Arg(136)->Arg(1024)->Arg(131072);

void BM_TransactionsRoot(benchmark::State& state) {
    std::vector<eth::Bytes> encoded;
    for (const auto& sample : samples().all) encoded.push_back(sample.raw);
    for (auto _ : state) benchmark::DoNotOptimize(eth::ordered_trie_root(encoded));
    state.SetItemsProcessed(state.iterations());
    state.counters["transactions"] = static_cast<double>(encoded.size());
}
BENCHMARK(BM_TransactionsRoot)->Unit(benchmark::kMicrosecond);

} // namespace
