// What calls to swap routers in real blocks decode to, against what executing the blocks shows
// that they did: the table of the README.
#include <cstdio>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "components/evm/block.hpp"
#include "tests/conformance/features/swap_proof.hpp"
#include "tests/support/mainnet_block.hpp"

namespace viz::features {
namespace {

const std::set<std::string, std::less<>> kRouters{
    "UniswapV2Router02",       "SwapRouter",          "SwapRouter02",
    "UniversalRouter",         "SushiSwap V2 Router", "AggregationRouterV5",
    "AggregationRouterV6",     "ExchangeProxy",       "MetaSwap router",
    "MetaAggregationRouterV2", "AugustusSwapper v5",  "Swaps (router of 2022)"};

struct Row {
    int sent{};
    int decoded{};  // with a path, or pools, and amounts
    int reverted{}; // of those; nothing can be compared
    int agree{};    // everything that could be compared
    int taxed{};    // of those, with tokens that keep part of what is moved
    int by_pools{}; // of the decoded: the calldata names pools and not the token bought
    int caught{};   // would not agree with another amount
    std::size_t hops{};
    std::size_t ends{};

    void add(const Row& other) {
        sent += other.sent;
        decoded += other.decoded;
        reverted += other.reverted;
        agree += other.agree;
        taxed += other.taxed;
        by_pools += other.by_pools;
        caught += other.caught;
        hops += other.hops;
        ends += other.ends;
    }
};

constexpr std::uint64_t kMerge = 15'537'394;

// Before the merge the last rules apply but for one instruction, which gives the difficulty.
void read_difficulty(test::MainnetBlock& block, const std::filesystem::path& folder) {
    const auto json = nlohmann::json::parse(test::read_text(folder / "block.json"));
    const auto difficulty = *eth::u256_from_hex(json["difficulty"].get<std::string>());
    block.environment.prev_randao.bytes = eth::to_be(difficulty);
}

bool tells_amounts(const Action& action) {
    const auto* swap = std::get_if<Swap>(&action);
    return swap != nullptr && (swap->path.size() >= 2 || !swap->pools.empty()) &&
           (swap->amount != eth::U256{} || swap->amount_is_balance);
}

bool names_pools_only(const Action& action) {
    const auto* swap = std::get_if<Swap>(&action);
    return swap != nullptr && swap->path.size() < 2;
}

// A fiftieth more is sold, or bought, than the calldata says: more than any fee.
std::vector<Action> with_another_amount(std::vector<Action> actions) {
    for (auto& action : actions)
        if (auto* swap = std::get_if<Swap>(&action)) {
            swap->amount = swap->amount + (eth::div_u64(swap->amount, 50).quotient + 1U);
            break;
        }
    return actions;
}

struct Executed {
    const test::MainnetBlock& block;
    std::size_t index;
    const evm::TransactionResult& result;
    const evm::CallTree& calls;
};

Row compare(const Executed& one, const ProtocolRegistry& registry) {
    const auto& tx = one.block.transactions[one.index];
    const auto& sender = one.block.senders[one.index];
    const auto hash = eth::to_hex(one.block.hashes[one.index].view());
    const auto actions = decode_actions({.chain_id = eth::ChainId{1},
                                         .from = sender,
                                         .to = tx.to,
                                         .value = tx.value,
                                         .data = tx.data},
                                        registry);
    if (std::ranges::none_of(actions, tells_amounts)) {
        std::printf("not decoded: %s\n", hash.c_str());
        return {.sent = 1};
    }
    const int by_pools = std::ranges::any_of(actions, names_pools_only) ? 1 : 0;
    if (!one.result.succeeded())
        return {.sent = 1, .decoded = 1, .reverted = 1, .by_pools = by_pools};
    const auto& base = one.block.environment.base_fee;
    const test::ExecutedCall call{
        .sender = sender,
        .router = *tx.to,
        .gas_price = std::min(tx.max_fee_per_gas, base + tx.max_priority_fee_per_gas),
        .result = one.result,
        .calls = one.calls};
    const auto proof = test::prove_swaps(actions, call, registry);
    const auto doctored = test::prove_swaps(with_another_amount(actions), call, registry);
    for (const auto& wrong : proof.wrong) std::printf("%s: %s\n", hash.c_str(), wrong.c_str());
    const bool agrees = proof.wrong.empty() && proof.hops + proof.ends != 0;
    return {.sent = 1,
            .decoded = 1,
            .agree = agrees ? 1 : 0,
            .taxed = agrees && proof.taxed ? 1 : 0,
            .by_pools = by_pools,
            .caught = agrees && !doctored.wrong.empty() ? 1 : 0,
            .hops = proof.hops,
            .ends = proof.ends};
}

using Table = std::map<std::string, Row>;

// The block again, one transaction after the other, with the calls of each.
void compare_all(const test::MainnetBlock& block, const evm::Rules& rules,
                 const ProtocolRegistry& registry, Table& table) {
    evm::CodeCache codes;
    evm::Overlay state(block.state, codes);
    evm::TransactionExecutor executor(state, rules, block.environment);
    evm::begin_block(executor, rules, block.input());
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
        const auto& to = block.transactions[i].to;
        const auto* contract = to ? registry.contract(eth::ChainId{1}, *to) : nullptr;
        const bool router = contract != nullptr && kRouters.contains(contract->name);
        evm::CallTree calls;
        executor.machine().observer = router ? &calls : nullptr;
        const auto result = executor.execute(block.transactions[i], block.senders[i]);
        if (router)
            table[contract->protocol + " " + contract->name].add(
                compare({block, i, result, calls}, registry));
    }
}

// The logs that follow from executing it are those that the chain has.
bool is_executed_truly(const test::MainnetBlock& block, const evm::Rules& rules) {
    evm::CodeCache codes;
    evm::Overlay state(block.state, codes);
    return evm::execute_block(state, rules, block.input()).receipts_root ==
           block.claims.receipts_root;
}

Table measure(const ProtocolRegistry& registry) {
    Table table;
    std::size_t blocks = 0;
    for (const auto& folder : std::filesystem::directory_iterator(test::corpus_dir() / "mainnet")) {
        if (!folder.is_directory()) continue;
        auto block = test::read_mainnet_block(folder.path());
        const auto& env = block.environment;
        const bool merged = env.number >= kMerge;
        if (!merged) read_difficulty(block, folder.path());
        const auto& rules =
            merged ? evm::rules_at(env.chain_id, env.timestamp) : evm::rules_of(evm::Fork::paris);
        EXPECT_TRUE(is_executed_truly(block, rules)) << folder.path();
        compare_all(block, rules, registry, table);
        ++blocks;
    }
    EXPECT_EQ(blocks, 10U);
    return table;
}

TEST(SwapExecution, RealRouterCallsDidWhatTheyDecodeTo) {
    VIZ_NEEDS_CORPUS();
    Row all;
    std::printf(
        "| router | sent | decoded | by pools | reverted | agree | taxed | hops | ends |\n");
    const auto print = [](const std::string& name, const Row& row) {
        std::printf("| %s | %d | %d | %d | %d | %d | %d | %zu | %zu |\n", name.c_str(), row.sent,
                    row.decoded, row.by_pools, row.reverted, row.agree, row.taxed, row.hops,
                    row.ends);
    };
    for (const auto& [router, row] : measure(ProtocolRegistry::built_in())) {
        print(router, row);
        all.add(row);
    }
    print("all", all);
    EXPECT_GE(all.sent, 80);
    EXPECT_GE(all.decoded * 100, all.sent * 95);
    EXPECT_EQ(all.agree, all.decoded - all.reverted);
    EXPECT_EQ(all.caught, all.agree);
}

} // namespace
} // namespace viz::features
