// Sandwiches that really happened in mainnet blocks, and which of them our search finds when it is
// given the victim alone on the state before.
#include <iostream>

#include <gtest/gtest.h>

#include "components/search/sandwich.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/mainnet_block.hpp"

namespace viz::search {
namespace {

struct Happened {
    std::size_t front{};
    std::size_t victim{};
    eth::Address pool;
};

using Touched = std::vector<std::vector<TouchedPool>>; // of each transaction

const TouchedPool* in(const std::vector<TouchedPool>& pools, const eth::Address& pool) {
    for (const auto& touched : pools)
        if (touched.pool.address == pool) return &touched;
    return nullptr;
}

bool about(const U256& a, const U256& b) {
    return a <= b + (b >> 3) && b <= a + (a >> 3);
}

// The same contract called before and after somebody else's swap, in opposite directions, the
// first one the victim's, by the same sender or to sell about what was bought. One entry for each
// victim and pool.
std::vector<Happened> label(const test::MainnetBlock& block, const Touched& touched) {
    std::vector<Happened> found;
    for (std::size_t v = 1; v + 1 < touched.size(); ++v) {
        for (const auto& swap : touched[v]) {
            for (std::size_t f = v; f-- > 0;) {
                const auto* front = in(touched[f], swap.pool.address);
                if (front == nullptr || front->zero_for_one != swap.zero_for_one ||
                    block.transactions[f].to == block.transactions[v].to)
                    continue;
                bool closed = false;
                for (std::size_t b = v + 1; b < touched.size() && !closed; ++b) {
                    const auto* back = in(touched[b], swap.pool.address);
                    closed = back != nullptr && back->zero_for_one != swap.zero_for_one &&
                             block.transactions[b].to == block.transactions[f].to &&
                             (block.senders[b] == block.senders[f] ||
                              about(back->amount_in, front->amount_out));
                }
                if (closed) {
                    found.push_back({f, v, swap.pool.address});
                    break;
                }
            }
        }
    }
    return found;
}

TEST(MainnetSandwiches, AreFoundGivenTheVictimAloneOnTheStateBefore) {
    VIZ_NEEDS_CORPUS();
    const auto weth = *eth::address_from_hex("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2");
    const std::vector<BaseToken> bases{{weth, 1, 1, U256(1'000) * U256(1'000'000'000'000'000'000)}};
    std::size_t happened = 0;
    std::size_t with_base = 0;
    std::size_t found = 0;
    for (const auto& folder : test::merged_mainnet_blocks()) {
        const auto block = test::read_mainnet_block(folder);
        const auto& env = block.environment;
        const auto& rules = evm::rules_at(env.chain_id, env.timestamp);
        evm::CodeCache codes;
        evm::Overlay state(block.state, codes);
        evm::TransactionExecutor executor(state, rules, env);
        evm::begin_block(executor, rules, block.input());
        PoolView pools;
        Touched touched;
        std::vector<evm::Overlay::Checkpoint> before;
        for (std::size_t i = 0; i < block.transactions.size(); ++i) {
            before.push_back(state.checkpoint());
            const auto result = executor.execute(block.transactions[i], block.senders[i]);
            touched.push_back(touched_pools(result, pools, executor.machine()));
        }
        auto labels = label(block, touched);
        std::sort(labels.begin(), labels.end(),
                  [](const auto& a, const auto& b) { return a.front > b.front; });
        for (const auto& one : labels) { // from the last on: the state goes back to each
            ++happened;
            state.rollback({.journal = before[one.front].journal, .logs = 0, .refund = 0});
            const auto* swap = in(touched[one.victim], one.pool);
            if (swap->pool.token_in(swap->zero_for_one) != weth) continue;
            ++with_base;
            Trial trial(state, rules, env);
            const auto victim = observe(trial, pools,
                                        {block.hashes[one.victim], block.senders[one.victim],
                                         block.transactions[one.victim]});
            const auto ours = SandwichStrategy().search({trial, pools, bases, {&victim, 1}});
            bool ok = false;
            for (const auto& candidate : ours)
                ok |= std::get<Legs>(candidate.steps[0])[0].pool == one.pool &&
                      !eth::is_negative(candidate.expected);
            found += ok ? 1 : 0;
            std::cout << env.number << ": victim " << eth::to_hex(block.hashes[one.victim].view())
                      << (ok ? " found" : " not found")
                      << (victim.succeeded ? "" : " (fails alone)") << '\n';
        }
    }
    std::cout << happened << " victims were sandwiched, " << with_base
              << " of them paid with WETH, " << found << " of these are found\n";
    EXPECT_GE(with_base, 5U);
    EXPECT_GE(found, 4U); // one more needs an earlier transaction of the block
}

} // namespace
} // namespace viz::search
