// Each mainnet block of the corpus as if all of its transactions were pending on the state before
// it: what the search finds there. That state holds what the block touched; anything else reads as
// empty.
#include <iostream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "components/eth/u256_math.hpp"
#include "components/features/protocol_registry.hpp"
#include "tests/conformance/search/market.hpp"
#include "tests/conformance/search/search_once.hpp"
#include "tests/support/mainnet_block.hpp"

namespace viz::search {
namespace {

constexpr std::size_t kMost = 2'000; // candidates of a block: none is cut off unseen
constexpr std::size_t kListed = 3;   // of a block

const eth::Address& weth() {
    static const auto address =
        *eth::address_from_hex("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2");
    return address;
}

PoolViewConfig mainnet_pools() {
    PoolViewConfig pools;
    const auto registry = features::ProtocolRegistry::built_in();
    for (const auto& factory : registry.factories(eth::ChainId(1))) {
        auto& of_kind =
            factory.kind == features::Factory::Kind::v2 ? pools.v2_factories : pools.v3_factories;
        of_kind.push_back({factory.address, factory.init_code_hash});
    }
    return pools;
}

// Those who paid WETH and were sandwiched in these blocks, as MainnetSandwiches labels them.
std::set<std::string> really_sandwiched() {
    return {"0xac962686d522cebb72ee179a4cf075b0ad8689c9dabfd2127d0cdee596366db4",
            "0xdc16f811a017bb028e8f5e20806f8588d9ac98b9024adc2666086cc9d45d0fe1",
            "0xe4131071ecd7da3de7ece7ea6b53bd69965e311192837d89615778871fd5a66e",
            "0x50eb054eeaeb1619af58326980411c445080e8097f1fec85076e03c1a55c8c7c",
            // Its approval is in the same block: found as a bundle.
            "0xd9fa837bdcddb6c3ac0e6b8f9af233cc6ef9943cb1183cc7bad45de33d947cd7"};
}

class BlockSearch {
  public:
    explicit BlockSearch(const test::MainnetBlock& block)
        : block_(block),
          rules_(evm::rules_at(block.environment.chain_id, block.environment.timestamp)) {
        for (std::size_t i = 0; i < block.transactions.size(); ++i)
            pending_.push_back({block.hashes[i], block.senders[i], block.transactions[i]});
    }

    Findings find() {
        evm::Overlay state(block_.state, codes_);
        begin(state);
        Trial trial(state, rules_, block_.environment);
        PoolView pools(mainnet_pools());
        auto findings = search_once(trial, pools, bases_, pending_, all_strategies(), kMost);
        EXPECT_TRUE(state.missing().empty());
        return findings;
    }
    sim::SimResult simulate(const Candidate& candidate) {
        evm::Overlay state(block_.state, codes_);
        begin(state);
        return sim::simulate(state, rules_, block_.environment, test::Market::request(candidate));
    }

  private:
    void begin(evm::Overlay& state) {
        evm::TransactionExecutor executor(state, rules_, block_.environment);
        evm::begin_block(executor, rules_, block_.input());
    }

    const test::MainnetBlock& block_;
    const evm::Rules& rules_;
    evm::CodeCache codes_;
    std::vector<Pending> pending_;
    const std::vector<BaseToken> bases_{{weth(), 1, 1, test::ether(1'000)}};
};

// All that a candidate is, as text: equal ones are the same candidate.
std::string text_of(const Candidate& candidate) {
    std::string text(candidate.strategy);
    for (const auto& member : candidate.members) text += ' ' + eth::to_hex(member.hash.view());
    for (const auto& step : candidate.steps)
        if (const auto* legs = std::get_if<Legs>(&step))
            for (const auto& leg : *legs)
                text += ' ' + eth::to_hex(leg.pool.view()) + (leg.zero_for_one ? '>' : '<') +
                        eth::to_decimal(leg.amount_in);
    for (const auto reason : candidate.reasons) text += ' ' + std::string(to_string(reason));
    return text + " = " + eth::to_decimal(candidate.capital) + ' ' +
           eth::to_signed_decimal(candidate.expected) + ' ' +
           eth::to_signed_decimal(candidate.expected_net);
}

std::vector<std::string> texts_of(const Findings& findings) {
    std::vector<std::string> texts;
    for (const auto& candidate : findings.candidates) texts.push_back(text_of(candidate));
    return texts;
}

void list(const test::MainnetBlock& block, const Findings& findings) {
    std::map<std::string_view, std::size_t> of_strategy;
    for (const auto& candidate : findings.candidates) ++of_strategy[candidate.strategy];
    std::cout << block.environment.number << ": " << block.transactions.size() << " transactions, "
              << findings.moved_pools << " move a pool by themselves, "
              << findings.candidates.size() << " found";
    for (const auto& [strategy, count] : of_strategy) std::cout << ", " << strategy << ' ' << count;
    std::cout << '\n';
    for (std::size_t i = 0; i < std::min(kListed, findings.candidates.size()); ++i) {
        const auto& candidate = findings.candidates[i];
        std::cout << "  " << candidate.strategy << ": gross "
                  << eth::to_signed_decimal(candidate.expected) << " wei, net "
                  << eth::to_signed_decimal(candidate.expected_net) << " wei";
        for (const auto reason : candidate.reasons) std::cout << ' ' << to_string(reason);
        for (const auto& member : candidate.members)
            std::cout << ' ' << eth::to_hex(member.hash.view());
        std::cout << '\n';
    }
}

TEST(MainnetSearch, FindsTheSameTwiceWithTheProfitThatExecutionGivesAndAllWhoWereSandwiched) {
    VIZ_NEEDS_CORPUS();
    auto unfound = really_sandwiched();
    for (const auto& folder : test::merged_mainnet_blocks()) {
        const auto block = test::read_mainnet_block(folder);
        BlockSearch search(block);
        const auto findings = search.find();
        EXPECT_EQ(texts_of(findings), texts_of(search.find())) << folder;
        for (const auto& candidate : findings.candidates) {
            const auto result = search.simulate(candidate);
            ASSERT_TRUE(result.succeeded()) << text_of(candidate) << ": " << result.failure->reason;
            EXPECT_EQ(result.profit, candidate.expected) << text_of(candidate);
            for (const auto& member : candidate.members)
                unfound.erase(eth::to_hex(member.hash.view()));
        }
        list(block, findings);
    }
    EXPECT_EQ(unfound, std::set<std::string>());
}

} // namespace
} // namespace viz::search
