// Mainnet's transactions, each on the state before its block, unknown at first,
// over a node: what the prefetch saves, and that it changes nothing.
#include <iostream>
#include <limits>

#include <gtest/gtest.h>

#include "components/state/node_source.hpp"
#include "tests/support/mainnet_block.hpp"
#include "tests/support/state_node.hpp"

namespace viz::state {
namespace {

constexpr std::size_t kMostOfABlock = 40;

struct Ran {
    std::uint64_t gas{};
    eth::Bytes output;
    std::size_t logs{};
    friend bool operator==(const Ran&, const Ran&) = default;
};

// Round trips: how many transactions took so many.
struct Trips {
    std::map<std::uint64_t, std::uint64_t> transactions;

    std::uint64_t all() const {
        std::uint64_t sum = 0;
        for (const auto& [trips, count] : transactions) sum += trips * count;
        return sum;
    }
    void print(const char* name) const {
        std::cout << "round trips x transactions " << name << " a prefetch:";
        for (const auto& [trips, count] : transactions)
            std::cout << "  " << trips << " x " << count;
        std::cout << "; in all " << all() << "\n";
    }
};

// One transaction on an unknown state; `trips` is the number of round trips.
Ran run(const test::MainnetBlock& block, std::size_t index, NodeSource& source, bool ahead,
        std::uint64_t& trips) {
    const auto& env = block.environment;
    const auto& tx = block.transactions[index];
    const auto& sender = block.senders[index];
    HeadState state({block.parent_hash, env.number - 1});
    evm::CodeCache codes;
    Ran ran;
    const auto execute = [&](evm::Overlay& overlay) {
        evm::TransactionExecutor executor(overlay, evm::rules_at(env.chain_id, env.timestamp), env);
        const auto result =
            executor.execute(tx, sender, {.nonce = false, .funds = false, .eoa = false});
        ran = {result.gas_used, result.output, result.logs.size()};
    };
    const auto planned = [&] { return ahead ? Plan{{{&tx, sender}}, {}} : Plan{}; };
    const auto before = source.figures().batches;
    const auto rounds = run_in_rounds(state, codes, source, {.rounds = 200}, execute, planned);
    EXPECT_EQ(rounds.end, RoundsEnd::complete);
    trips = source.figures().batches - before;
    return ran;
}

TEST(MainnetTransactions, TakeFewerRoundTripsWithAPrefetchAndEndTheSame) {
    VIZ_NEEDS_CORPUS();
    const auto block = test::read_mainnet_block(test::merged_mainnet_blocks().back());
    const auto& env = block.environment;
    const test::StateNode node(block.state, {block.parent_hash, env.number - 1},
                               evm::rules_at(env.chain_id, env.timestamp), env);
    NodeSource source(*node::parse_url(node.node.http_url()), "", {});
    Trips without;
    Trips with;
    for (std::size_t i = 0, done = 0; i < block.transactions.size() && done < kMostOfABlock; ++i) {
        if (block.transactions[i].data.empty()) continue;
        SCOPED_TRACE(i);
        ++done;
        std::uint64_t many = 0;
        std::uint64_t few = 0;
        EXPECT_EQ(run(block, i, source, false, many), run(block, i, source, true, few));
        EXPECT_LE(few, many);
        ++without.transactions[many];
        ++with.transactions[few];
    }
    without.print("without");
    with.print("with");
    EXPECT_LT(with.all() * 2, without.all()) << "less than half of them";
}

TEST(MainnetTransactions, OfAWholeBlockTakeFewRoundsWhereTheNodeTracesBlocks) {
    VIZ_NEEDS_CORPUS();
    for (const auto& folder : test::merged_mainnet_blocks()) {
        SCOPED_TRACE(folder.filename());
        const auto block = test::read_mainnet_block(folder);
        const auto& env = block.environment;
        const auto& rules = evm::rules_at(env.chain_id, env.timestamp);
        test::StateNode node(block.state, {block.parent_hash, env.number - 1}, rules, env);
        {
            evm::CodeCache codes;
            evm::Overlay whole(block.state, codes);
            evm::execute_block(whole, rules, block.input());
            node.block_trace = nlohmann::json::array();
            node.block_trace->push_back({{"result", test::StateNode::prestate_of(whole)}});
        }
        NodeSource source(*node::parse_url(node.node.http_url()), "", {});
        const auto go = [&](std::size_t much) {
            HeadState parent({block.parent_hash, env.number - 1});
            evm::CodeCache codes;
            const auto done = advance(parent, block.ref, rules, block.input(), block.claims, codes,
                                      source, {.rounds = {.rounds = 200}, .much = much});
            EXPECT_EQ(done.end, AdvanceEnd::advanced) << to_string(done.rounds.end);
            return done.rounds.runs;
        };
        const auto before = source.figures().batches;
        const auto without = go(std::numeric_limits<std::size_t>::max());
        const auto between = source.figures().batches;
        const auto with = go(AdvanceLimits{}.much);
        std::cout << env.number << ": " << without << " runs and " << between - before
                  << " round trips without a prefetch, " << with << " and "
                  << source.figures().batches - between << " with\n";
        EXPECT_LE(with, 4u);
        EXPECT_LT(with * 3, without);
    }
}

} // namespace
} // namespace viz::state
