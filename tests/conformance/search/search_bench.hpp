// A market to search: heads with unknown state, and arriving transactions.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "components/search/chain_search.hpp"
#include "tests/conformance/search/market.hpp"
#include "tests/support/memory_source.hpp"

namespace viz::test {

class SearchBench : public testing::Test {
  protected:
    // The chain as it is now: a head with unknown state.
    void new_head(std::uint8_t name) {
        below_ = std::make_unique<MemoryState>(market.chain.snapshot());
        source_ = std::make_unique<MemorySource>(*below_);
        head_ = {.block = {eth::Hash{{{name}}}, market.block.number - 1},
                 .timestamp = market.block.timestamp - 12,
                 .state = nullptr,
                 .next = market.block,
                 .next_rules = &market.rules(),
                 .arrived_mono_ns = 0};
        head_.state = std::make_shared<state::HeadState>(head_.block);
    }
    search::SearchContext context() { return {head_, codes_, *source_}; }

    search::SearchResult add(const search::Pending& pending, bool wanted = true) {
        hunt.add({.pending = pending, .first_seen_mono_ns = 1, .wanted = wanted});
        return hunt.on_transaction(context(), pending.hash);
    }

    search::PoolViewConfig pools() {
        const auto code = eth::keccak256(creation_code("v2-core/build/UniswapV2Pair"));
        search::PoolViewConfig made;
        made.v2_factories = {{market.factory, code}};
        return made;
    }

    Market market;
    eth::Address base{market.chain.token0};
    eth::Address other{market.chain.token1};
    eth::Address pair{market.pair_of(market.factory, base, other, ether(1000), ether(2'000'000))};
    search::ChainSearchConfig config{.market = {{{base, 1, 1, ether(100'000)}}, pools()},
                                     .limits = {},
                                     .rounds = {.rounds = 64}};
    search::ChainSearch hunt{config};

  private:
    std::unique_ptr<MemoryState> below_;
    std::unique_ptr<MemorySource> source_;
    state::ViewedHead head_;
    evm::CodeCache codes_;
};

} // namespace viz::test
