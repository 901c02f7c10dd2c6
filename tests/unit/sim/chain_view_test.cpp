#include "components/sim/chain_view.hpp"

#include <gtest/gtest.h>

#include "tests/support/memory_source.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::sim {
namespace {

eth::Hash name_of(std::uint8_t n) {
    return eth::Hash{{{n}}};
}

// Blocks that call a counter, mined on a whole state.
struct Views : evm::Fixture {
    Views() { fill(below, evm::kCounter); }

    state::NodeBlock mine(std::uint8_t number, std::uint8_t parent,
                          std::vector<eth::Transaction> transactions) {
        state::NodeBlock made;
        made.ref = {name_of(number), number};
        made.parent_hash = name_of(parent);
        made.environment = block;
        made.environment.number = number;
        made.environment.timestamp = 1'800'000'000 + 2u * number;
        made.environment.base_fee = eth::Wei{5};
        made.senders.assign(transactions.size(), evm::kSender);
        made.hashes.assign(transactions.size(), name_of(0xee));
        made.transactions = std::move(transactions);
        evm::Overlay whole(below, codes);
        const auto done = evm::execute_block(
            whole, evm::rules_at(block.chain_id, made.environment.timestamp), made.input());
        made.claims = {done.gas_used, done.bloom, done.receipts_root};
        return made;
    }
    void become(const state::NodeBlock& made) {
        evm::Overlay whole(below, codes);
        evm::execute_block(whole, evm::rules_at(block.chain_id, made.environment.timestamp),
                           made.input());
        below.apply(whole);
    }
    eth::U256 counter() const {
        eth::U256 value;
        EXPECT_EQ(view.head()->state->storage(evm::kContract, {}, value), evm::Answer::here);
        return value;
    }

    test::MemoryState below;
    test::MemorySource source{below};
    ChainView view;
};

TEST_F(Views, TheFirstBlockBeginsWithNothingKnown) {
    EXPECT_EQ(view.head(), nullptr);
    const auto change = view.take(mine(1, 0, {}), source, 7);
    EXPECT_FALSE(change.parent_known);
    const auto head = view.head();
    EXPECT_EQ(head->block.number, 1u);
    EXPECT_EQ(head->arrived_mono_ns, 7);
    EXPECT_EQ(head->state->accounts(), 0u);
}

TEST_F(Views, AChildOfAKnownBlockIsCarriedOver) {
    view.take(mine(1, 0, {}), source, 0);
    const auto change = view.take(mine(2, 1, {call(0), call(1)}), source, 0);
    EXPECT_EQ(change.end, state::AdvanceEnd::advanced);
    EXPECT_EQ(change.result.results.size(), 2u);
    EXPECT_EQ(counter(), eth::U256{2});
}

TEST_F(Views, AReorgGoesOnFromTheBlockItGoesBackTo) {
    const auto first = mine(1, 0, {});
    view.take(first, source, 0);
    view.take(mine(2, 1, {call(0), call(1)}), source, 0);
    auto other = mine(3, 1, {call(0)});
    EXPECT_EQ(view.take(other, source, 0).end, state::AdvanceEnd::advanced);
    EXPECT_EQ(counter(), eth::U256{1});
    EXPECT_EQ(view.head()->block.hash, name_of(3));
}

TEST_F(Views, WhatTheHeaderContradictsIsNotCarriedOver) {
    view.take(mine(1, 0, {}), source, 0);
    auto block2 = mine(2, 1, {call(0)});
    block2.claims.gas_used += 1;
    const auto change = view.take(block2, source, 0);
    EXPECT_EQ(change.end, state::AdvanceEnd::another_outcome);
    EXPECT_EQ(change.result.results.size(), 1u) << "to be compared with the receipts";
    EXPECT_EQ(view.head()->state->slots(), 0u);
}

TEST_F(Views, TheNextBlockIsExpectedAfterAsLongAsThisOneWas) {
    view.take(mine(1, 0, {}), source, 0);
    view.take(mine(2, 1, {}), source, 0);
    const auto& next = view.head()->next;
    EXPECT_EQ(next.number, 3u);
    EXPECT_EQ(next.timestamp, 1'800'000'000u + 6);
    EXPECT_LT(next.base_fee, eth::Wei{6}) << "an empty block lowers it";
}

TEST_F(Views, OnlyTheNewestBlocksAreKept) {
    view.take(mine(1, 0, {}), source, 0);
    for (std::uint8_t n = 2; n < 2 + ChainView::kKept; ++n)
        view.take(mine(n, static_cast<std::uint8_t>(n - 1), {}), source, 0);
    EXPECT_FALSE(view.take(mine(99, 1, {}), source, 0).parent_known);
}

} // namespace
} // namespace viz::sim
