// How fast the EVM is: Ggas/s on each mainnet block of the corpus (state in memory, senders known,
// code analysed before), microseconds a transaction and a warm swap of the Uniswap V2 router,
// nanoseconds an instruction by family, and the word arithmetic beside Boost.Multiprecision.
#include <chrono>
#include <iostream>
#include <random>

#include <benchmark/benchmark.h>
#include <boost/multiprecision/cpp_int.hpp>

#include "components/evm/machine_run.hpp"
#include "tests/support/mainnet_block.hpp"

namespace viz {
namespace {

using Clock = std::chrono::steady_clock;

// Times of single transactions.
class Micros {
  public:
    void add(Clock::duration time) {
        all_.push_back(std::chrono::duration<double, std::micro>(time).count());
    }
    void report(benchmark::State& bench) {
        std::sort(all_.begin(), all_.end());
        for (const auto& [name, quantile] :
             {std::pair{"p50_us", 0.5}, {"p90_us", 0.9}, {"p99_us", 0.99}})
            bench.counters[name] = all_.empty()
                                       ? 0
                                       : all_[static_cast<std::size_t>(
                                             quantile * static_cast<double>(all_.size() - 1))];
    }

  private:
    std::vector<double> all_;
};

void run_block(benchmark::State& bench, const std::filesystem::path& folder) {
    const auto block = test::read_mainnet_block(folder);
    const auto& env = block.environment;
    const auto& rules = evm::rules_at(env.chain_id, env.timestamp);
    evm::CodeCache codes;
    std::uint64_t gas = 0;
    Micros micros;
    for (auto _ : bench) {
        evm::Overlay state(block.state, codes);
        evm::TransactionExecutor executor(state, rules, env);
        executor.collect_sets = false;
        evm::begin_block(executor, rules, block.input());
        for (std::size_t i = 0; i < block.transactions.size(); ++i) {
            const auto start = Clock::now();
            const auto result = executor.execute(block.transactions[i], block.senders[i]);
            micros.add(Clock::now() - start);
            gas += result.gas_used;
        }
    }
    bench.counters["gas/s"] =
        benchmark::Counter(static_cast<double>(gas), benchmark::Counter::kIsRate);
    bench.counters["txs"] = static_cast<double>(block.transactions.size());
    micros.report(bench);
}

// Every transaction of the corpus that goes to the Uniswap V2 router and succeeds, again and again
// on the state it found: what it reads is in the overlay, its code is analysed.
void run_router_swaps(benchmark::State& bench) {
    const auto router = *eth::address_from_hex("0x7a250d5630b4cf539739df2c5dacb4c659f2488d");
    constexpr int kTimes = 200;
    std::vector<test::MainnetBlock> blocks;
    for (const auto& folder : test::merged_mainnet_blocks())
        blocks.push_back(test::read_mainnet_block(folder));
    evm::CodeCache codes;
    Micros micros;
    double gas = 0;
    double swaps = 0;
    const auto run = [&](const test::MainnetBlock& block) {
        const auto& env = block.environment;
        const auto& rules = evm::rules_at(env.chain_id, env.timestamp);
        evm::Overlay state(block.state, codes);
        evm::TransactionExecutor executor(state, rules, env);
        executor.collect_sets = false;
        evm::begin_block(executor, rules, block.input());
        for (std::size_t i = 0; i < block.transactions.size(); ++i) {
            const auto& tx = block.transactions[i];
            const auto before = state.checkpoint();
            const auto result = executor.execute(tx, block.senders[i]);
            if (!result.succeeded() || tx.to != router) continue;
            ++swaps;
            gas += static_cast<double>(result.gas_used);
            for (int n = 0; n < kTimes; ++n) {
                state.rollback(before);
                const auto start = Clock::now();
                benchmark::DoNotOptimize(executor.execute(tx, block.senders[i]));
                micros.add(Clock::now() - start);
            }
        }
    };
    for (auto _ : bench)
        for (const auto& block : blocks) run(block);
    micros.report(bench);
    bench.counters["swaps"] = benchmark::Counter(swaps, benchmark::Counter::kAvgIterations);
    bench.counters["gas"] = gas / swaps;
}

// Code that runs `body` over and over until its gas is gone; each pass leaves the stack as it was.
eth::Bytes endless(const std::string& body, int times) {
    eth::Bytes code{0x5b}; // JUMPDEST at 0
    const auto part = eth::bytes_from_hex("0x" + body).value();
    for (int i = 0; i < times; ++i) code.insert(code.end(), part.begin(), part.end());
    code.insert(code.end(), {0x5f, 0x56}); // PUSH0 JUMP
    return code;
}

struct CountSteps {
    static constexpr bool enabled = true;
    std::uint64_t steps{};
    bool step(const evm::Frame&, const std::uint8_t*, const eth::U256*, std::int64_t,
              std::uint32_t) {
        ++steps;
        return true;
    }
};

void run_family(benchmark::State& bench, const std::string& body) {
    test::MemoryState state;
    const eth::Address target{{{0x77}}};
    state.accounts[target].code_hash = state.add_code(endless(body, 200));
    evm::BlockEnvironment env;
    env.gas_limit = 1'000'000'000;
    const auto& rules = evm::rules_of(evm::Fork::osaka);
    evm::CodeCache codes;
    evm::Overlay overlay(state, codes);
    const auto cp = overlay.checkpoint();
    evm::Machine machine(overlay, rules, env);
    const evm::Message message{
        .caller = {}, .to = target, .value = {}, .input = {}, .gas = 3'000'000};
    CountSteps counter;
    overlay.begin_transaction();
    machine.execute(message);
    const auto start = Clock::now();
    for (auto _ : bench) {
        overlay.begin_transaction();
        benchmark::DoNotOptimize(machine.execute(message));
        overlay.rollback(cp);
    }
    const auto took = Clock::now() - start;
    overlay.begin_transaction();
    machine.execute(message, counter);
    bench.counters["ns_per_op"] = std::chrono::duration<double, std::nano>(took).count() /
                                  static_cast<double>(counter.steps) /
                                  static_cast<double>(bench.iterations());
}

std::vector<eth::U256> random_words(std::size_t limbs) {
    std::mt19937_64 random(limbs);
    std::vector<eth::U256> words(256);
    for (auto& w : words)
        for (std::size_t i = 0; i < limbs; ++i) w.limbs[i] = random() | 1;
    return words;
}

template <class Operation>
void run_words(benchmark::State& bench, std::size_t limbs, Operation op) {
    const auto a = random_words(4);
    const auto b = random_words(limbs);
    std::size_t i = 0;
    for (auto _ : bench) {
        benchmark::DoNotOptimize(op(a[i % 256], b[(i * 7) % 256], a[(i + 31) % 256]));
        ++i;
    }
}

using Boost = boost::multiprecision::uint256_t;
using Boost512 = boost::multiprecision::uint512_t;

template <class Operation>
void run_boost(benchmark::State& bench, std::size_t limbs, Operation op) {
    const auto convert = [](const std::vector<eth::U256>& words) {
        std::vector<Boost> out;
        for (const auto& w : words) {
            Boost v = 0;
            for (std::size_t i = 4; i-- > 0;) v = (v << 64) | w.limbs[i];
            out.push_back(v);
        }
        return out;
    };
    const auto a = convert(random_words(4));
    const auto b = convert(random_words(limbs));
    std::size_t i = 0;
    for (auto _ : bench) {
        benchmark::DoNotOptimize(op(a[i % 256], b[(i * 7) % 256], a[(i + 31) % 256]));
        ++i;
    }
}

void register_words() {
    const auto ours = [](const std::string& name, std::size_t limbs, auto op) {
        benchmark::RegisterBenchmark(("word/" + name).c_str(),
                                     [=](benchmark::State& s) { run_words(s, limbs, op); });
    };
    const auto boost = [](const std::string& name, std::size_t limbs, auto op) {
        benchmark::RegisterBenchmark(("word_boost/" + name).c_str(),
                                     [=](benchmark::State& s) { run_boost(s, limbs, op); });
    };
    using W = const eth::U256&;
    using B = const Boost&;
    ours("add", 4, [](W a, W b, W) { return a + b; });
    boost("add", 4, [](B a, B b, B) { return Boost(a + b); });
    ours("mul", 4, [](W a, W b, W) { return a * b; });
    boost("mul", 4, [](B a, B b, B) { return Boost(a * b); });
    for (const std::size_t limbs : {1, 2, 3}) {
        ours("div" + std::to_string(limbs), limbs, [](W a, W b, W) { return a / b; });
        boost("div" + std::to_string(limbs), limbs, [](B a, B b, B) { return Boost(a / b); });
    }
    ours("mulmod", 4, [](W a, W b, W m) { return eth::mul_mod(a, b, m); });
    boost("mulmod", 4, [](B a, B b, B m) { return Boost(Boost512(a) * b % m); });
    ours("exp", 4, [](W a, W b, W) { return eth::power(a, b); });
}

void register_families() {
    const std::pair<const char*, const char*> families[] = {
        {"push_pop", "60016100025050"},
        {"dup_swap", "600160028082909150505050"},
        {"add_mul", "6003600501600702"
                    "50"},
        {"div", "7f00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6fffffffffffffff"
                "ffffffffffffffffff900450"},
        {"compare", "6003600510600714"
                    "1550"},
        {"memory", "600160005260005150"},
        {"keccak", "604060002050"},
        {"sload_warm", "60015450"},
        {"tstore_tload", "6001600260035d5c50"},
        {"calldata", "60003550"},
        {"shift", "6001601b1b50"},
        {"exp", "60ff601e0a50"},
        {"mcopy", "604060205f5e"},
        {"sstore_warm", "6001600255"},
        {"log", "60205fa0"},
        {"balance_warm", "303150"},
        {"call", "5f5f5f5f5f60995af150"},
    };
    for (const auto& [name, body] : families)
        benchmark::RegisterBenchmark(
            (std::string("family/") + name).c_str(),
            [body = std::string(body)](benchmark::State& s) { run_family(s, body); });
}

void register_blocks() {
    for (const auto& folder : test::merged_mainnet_blocks())
        benchmark::RegisterBenchmark(("block/" + folder.filename().string()).c_str(),
                                     [folder](benchmark::State& s) { run_block(s, folder); })
            ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("v2_router_swap", run_router_swaps)->Unit(benchmark::kMillisecond);
}

} // namespace
} // namespace viz

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (viz::test::has_corpus())
        viz::register_blocks();
    else
        std::cerr << "no test corpus: the blocks are left out\n";
    viz::register_families();
    viz::register_words();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
