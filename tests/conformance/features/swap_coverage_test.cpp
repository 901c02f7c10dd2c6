// How much of real blocks' router traffic is understood, and whether what is understood is true:
// the pools that a decoded path implies must be among the accounts the block touched.
#include <cstdio>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/features/actions.hpp"
#include "tests/support/corpus.hpp"

namespace viz::features {
namespace {

struct Coverage {
    int sent{};
    int decoded{};
    int by_pools{}; // of those, the calldata names pools and not the token bought
    int pools{};
    int pools_touched{};
};

const std::set<std::string, std::less<>> kRouters{
    "UniswapV2Router02",       "SwapRouter",          "SwapRouter02",
    "UniversalRouter",         "SushiSwap V2 Router", "AggregationRouterV5",
    "AggregationRouterV6",     "ExchangeProxy",       "MetaSwap router",
    "MetaAggregationRouterV2", "AugustusSwapper v5"};

std::optional<eth::Address> pool_of(const ProtocolRegistry& registry, const Swap& swap,
                                    std::size_t hop) {
    const Factory* factory = registry.factory(eth::ChainId{1}, swap.protocol);
    if (factory == nullptr) return std::nullopt;
    return factory->pool(swap.path[hop], swap.path[hop + 1], swap.fees.at(hop));
}

bool tells_amounts(const Swap& swap) {
    return (swap.path.size() >= 2 || !swap.pools.empty()) &&
           (swap.amount != eth::U256{} || swap.amount_is_balance);
}

void count(const ProtocolRegistry& registry, const std::vector<Action>& actions,
           const nlohmann::json& pre_state, Coverage& coverage) {
    ++coverage.sent;
    bool decoded = false;
    bool by_pools = false;
    for (const Action& action : actions) {
        const auto* swap = std::get_if<Swap>(&action);
        if (swap == nullptr || !tells_amounts(*swap)) continue;
        decoded = true;
        by_pools = by_pools || swap->path.size() < 2;
        for (std::size_t hop = 0; hop + 1 < swap->path.size(); ++hop) {
            const auto pool = pool_of(registry, *swap, hop);
            if (!pool) continue;
            ++coverage.pools;
            coverage.pools_touched += pre_state.contains(eth::to_hex(pool->view())) ? 1 : 0;
        }
    }
    coverage.decoded += decoded ? 1 : 0;
    coverage.by_pools += by_pools ? 1 : 0;
}

std::map<std::string, Coverage> measure(const ProtocolRegistry& registry) {
    std::map<std::string, Coverage> table;
    for (const auto& path : test::files_below(test::corpus_dir() / "mainnet")) {
        if (path.filename() != "block.json") continue;
        auto block = nlohmann::json::parse(test::read_text(path));
        if (block.contains("result")) block = nlohmann::json(block["result"]);
        const auto pre_state =
            nlohmann::json::parse(test::read_text(path.parent_path() / "pre_state.json"));
        for (const auto& tx : block["transactions"]) {
            if (!tx["to"].is_string()) continue;
            const auto to = eth::address_from_hex(tx["to"].get<std::string>());
            const Contract* contract = registry.contract(eth::ChainId{1}, *to);
            if (contract == nullptr || !kRouters.contains(contract->name)) continue;
            const auto data = *eth::bytes_from_hex(tx["input"].get<std::string>());
            const Call call{.chain_id = eth::ChainId{1},
                            .from = *eth::address_from_hex(tx["from"].get<std::string>()),
                            .to = to,
                            .value = *eth::u256_from_hex(tx["value"].get<std::string>()),
                            .data = data};
            const auto actions = decode_actions(call, registry);
            Coverage& row = table[contract->protocol + " " + contract->name];
            const int before = row.decoded;
            count(registry, actions, pre_state, row);
            if (row.decoded == before)
                std::printf("not decoded: %s %s\n", tx["hash"].get<std::string>().c_str(),
                            tx["input"].get<std::string>().substr(0, 10).c_str());
        }
    }
    return table;
}

TEST(SwapCoverage, RealRouterCallsDecodeAndNamePoolsTheBlockTouched) {
    VIZ_NEEDS_CORPUS();
    Coverage all;
    std::printf("| router | sent | decoded | by pools | V2/V3 pools implied | touched |\n");
    for (const auto& [router, row] : measure(ProtocolRegistry::built_in())) {
        std::printf("| %s | %d | %d | %d | %d | %d |\n", router.c_str(), row.sent, row.decoded,
                    row.by_pools, row.pools, row.pools_touched);
        all.sent += row.sent;
        all.decoded += row.decoded;
        all.by_pools += row.by_pools;
        all.pools += row.pools;
        all.pools_touched += row.pools_touched;
    }
    std::printf("| all | %d | %d | %d | %d | %d |\n", all.sent, all.decoded, all.by_pools,
                all.pools, all.pools_touched);
    EXPECT_GE(all.sent, 80);
    EXPECT_GE(all.decoded * 100, all.sent * 95);
    EXPECT_GE(all.pools_touched * 100, all.pools * 95);
}

} // namespace
} // namespace viz::features
