#include "components/state/chain_view.hpp"

#include <gtest/gtest.h>

#include "tests/support/memory_source.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::state {
namespace {

eth::Hash name_of(std::uint8_t n) {
    return eth::Hash{{{n}}};
}

// Blocks that call a counter, mined on a whole state.
struct Views : evm::Fixture {
    Views() { fill(below, evm::kCounter); }

    NodeBlock mine(std::uint8_t number, std::uint8_t parent,
                   std::vector<eth::Transaction> transactions) {
        NodeBlock made;
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
    void become(const NodeBlock& made) {
        evm::Overlay whole(below, codes);
        evm::execute_block(whole, evm::rules_at(block.chain_id, made.environment.timestamp),
                           made.input());
        below.apply(whole);
    }
    TakenBlock take(const NodeBlock& mined, std::int64_t arrived_mono_ns = 0) {
        return *view.take(
            mined.ref.hash, [&] { return mined; }, source, arrived_mono_ns);
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
    const auto change = take(mine(1, 0, {}), 7);
    EXPECT_FALSE(change.parent_known);
    const auto head = view.head();
    EXPECT_EQ(head->block.number, 1u);
    EXPECT_EQ(head->arrived_mono_ns, 7);
    EXPECT_EQ(head->state->accounts(), 0u);
}

TEST_F(Views, AChildOfAKnownBlockIsCarriedOver) {
    take(mine(1, 0, {}));
    const auto change = take(mine(2, 1, {call(0), call(1)}));
    EXPECT_EQ(change.end, AdvanceEnd::advanced);
    EXPECT_EQ(change.result.results.size(), 2u);
    EXPECT_EQ(counter(), eth::U256{2});
}

TEST_F(Views, AReorgGoesOnFromTheBlockItGoesBackTo) {
    const auto first = mine(1, 0, {});
    take(first);
    take(mine(2, 1, {call(0), call(1)}));
    auto other = mine(3, 1, {call(0)});
    EXPECT_EQ(take(other).end, AdvanceEnd::advanced);
    EXPECT_EQ(counter(), eth::U256{1});
    EXPECT_EQ(view.head()->block.hash, name_of(3));
}

TEST_F(Views, WhatTheHeaderContradictsIsNotCarriedOver) {
    take(mine(1, 0, {}));
    auto block2 = mine(2, 1, {call(0)});
    block2.claims.gas_used += 1;
    const auto change = take(block2);
    EXPECT_EQ(change.end, AdvanceEnd::another_outcome);
    EXPECT_EQ(change.result.results.size(), 1u) << "to be compared with the receipts";
    EXPECT_EQ(view.head()->state->slots(), 0u);
}

TEST_F(Views, TheNextBlockIsExpectedAfterAsLongAsThisOneWas) {
    take(mine(1, 0, {}));
    take(mine(2, 1, {}));
    const auto& next = view.head()->next;
    EXPECT_EQ(next.number, 3u);
    EXPECT_EQ(next.timestamp, 1'800'000'000u + 6);
    EXPECT_LT(next.base_fee, eth::Wei{6}) << "an empty block lowers it";
}

TEST_F(Views, ABlockIsFetchedAndExecutedOnceForAllCallers) {
    take(mine(1, 0, {}));
    const auto block2 = mine(2, 1, {call(0)});
    int fetched = 0;
    const auto ask = [&] {
        return view.take(
            block2.ref.hash,
            [&] {
                ++fetched;
                return block2;
            },
            source, 0);
    };
    const auto first = ask();
    EXPECT_EQ(ask(), first);
    EXPECT_EQ(fetched, 1);
    EXPECT_FALSE(first->result.results.at(0).slots.empty()) << "what each transaction used";
}

TEST_F(Views, ABlockThatCannotBeHadIsNoHead) {
    EXPECT_EQ(view.take(
                  name_of(1), [] { return std::nullopt; }, source, 0),
              nullptr);
    EXPECT_EQ(view.head(), nullptr);
}

TEST_F(Views, WhereBlocksTakeTooMuchMemoryFewerAreKept) {
    ChainView small(8U << 20); // a MiB of it for transactions and results
    const auto take_large = [&](std::uint8_t number) {
        auto large = mine(number, static_cast<std::uint8_t>(number - 1), {});
        large.transactions.resize(1);
        large.transactions[0].data.resize(400U << 10);
        large.senders.assign(1, evm::kSender);
        small.take(
            large.ref.hash, [&] { return large; }, source, 0);
    };
    for (std::uint8_t n = 1; n < 8; ++n) {
        take_large(n);
        EXPECT_LE(small.memory().block_bytes, 1U << 20);
        EXPECT_EQ(small.head()->block.hash, name_of(n));
    }
    EXPECT_EQ(small.memory().blocks_gone, 5u);
}

TEST_F(Views, OnlyTheNewestBlocksAreKept) {
    take(mine(1, 0, {}));
    for (std::uint8_t n = 2; n < 2 + ChainView::kKept; ++n)
        take(mine(n, static_cast<std::uint8_t>(n - 1), {}));
    EXPECT_FALSE(take(mine(99, 1, {})).parent_known);
}

} // namespace
} // namespace viz::state
