#include "components/state/advance.hpp"

#include <gtest/gtest.h>

#include "tests/support/memory_source.hpp"
#include "tests/unit/evm/fixture.hpp"

namespace viz::state {
namespace {

using evm::kContract;
using evm::kSender;
const BlockRef kNext{eth::Hash{{{0x02}}}, 1};

struct Advances : evm::Fixture {
    Advances() {
        fill(below, evm::kCounter);
        transactions = {call(0), call(1)};
        // What the header says: of the block executed on the whole state.
        evm::Overlay whole(below, codes);
        const auto result = evm::execute_block(whole, rules, input());
        claims = {result.gas_used, result.bloom, result.receipts_root};
    }
    evm::BlockInput input() const {
        return {.environment = block, .transactions = transactions, .senders = senders};
    }
    Advance run(const AdvanceLimits& limits = {}) {
        return advance(parent, kNext, rules, input(), claims, codes, source, limits);
    }
    std::vector<eth::Transaction> transactions;
    std::vector<eth::Address> senders{kSender, kSender};
    BlockClaims claims;
    test::MemoryState below;
    test::MemorySource source{below};
    HeadState parent{{eth::Hash{{{0x01}}}, 0}};
};

TEST_F(Advances, GiveTheStateAfterTheBlock) {
    const auto done = run();
    ASSERT_EQ(done.end, AdvanceEnd::advanced);
    EXPECT_EQ(done.state->block(), kNext);
    eth::U256 counter;
    EXPECT_EQ(done.state->storage(kContract, {}, counter), evm::Answer::here);
    EXPECT_EQ(counter, eth::U256(2));
    std::optional<evm::AccountState> sender;
    EXPECT_EQ(done.state->account(kSender, sender), evm::Answer::here);
    EXPECT_EQ(sender->nonce, 2u);
    EXPECT_EQ(done.result.results.size(), 2u);
}

TEST_F(Advances, FetchOnlyWhatTheParentDoesNotKnow) {
    run();
    const auto before = source.fetches;
    const auto again = run();
    EXPECT_EQ(again.end, AdvanceEnd::advanced);
    EXPECT_EQ(again.rounds.runs, 1u);
    EXPECT_EQ(source.fetches, before);
}

TEST_F(Advances, SayWhichBlockItIsWhereMuchIsMissing) {
    run();
    EXPECT_EQ(source.planned_block, std::nullopt) << "a few accounts";
    HeadState cold{{eth::Hash{{{0x01}}}, 0}};
    advance(cold, kNext, rules, input(), claims, codes, source, {.much = 2});
    EXPECT_EQ(source.planned_block, kNext.hash);
}

TEST_F(Advances, AreRejectedWhereTheHeaderSaysOtherwise) {
    claims.gas_used += 1;
    const auto done = run();
    EXPECT_EQ(done.end, AdvanceEnd::another_outcome);
    eth::U256 counter;
    EXPECT_EQ(done.state->storage(kContract, {}, counter), evm::Answer::not_here);
    EXPECT_EQ(done.state->block(), kNext);
}

TEST_F(Advances, SayThatABlockCannotBeExecuted) {
    transactions[1].nonce = 7;
    EXPECT_EQ(run().end, AdvanceEnd::not_executable);
}

TEST_F(Advances, SayThatStateWasMissing) {
    source.available = false;
    const auto done = run();
    EXPECT_EQ(done.end, AdvanceEnd::incomplete);
    EXPECT_EQ(done.rounds.end, RoundsEnd::state_not_found);
    EXPECT_EQ(done.state->accounts(), 0u);
    EXPECT_EQ(to_string(done.end), "incomplete");
}

} // namespace
} // namespace viz::state
