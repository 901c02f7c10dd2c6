#include "components/search/outcome_tracker.hpp"

#include <gtest/gtest.h>

#include "components/eth/transaction_rlp.hpp"
#include "tests/support/values.hpp"

namespace viz::search {
namespace {

using eth::U256;
using test::address_of;
using test::hash_of;

const eth::Hash kHead = hash_of(100);
const eth::Address kPool = address_of(50);
const eth::Address kOtherPool = address_of(51);
const eth::Address kVictim = address_of(1);
const eth::Address kRival = address_of(2);
const U256 kReserves(8);

// A block on kHead, transaction by transaction: who, which nonce, and the pools that it moves.
class Block {
  public:
    Block() {
        taken_.block.ref = {hash_of(101), 11};
        taken_.block.parent_hash = kHead;
        taken_.block.environment.base_fee = U256(10);
        taken_.end = state::AdvanceEnd::advanced;
    }
    Block& mined(std::uint64_t hash, const eth::Address& sender, std::uint64_t nonce,
                 const std::vector<eth::Address>& moves = {}, std::uint64_t paid = 0) {
        taken_.block.hashes.push_back(hash_of(hash));
        taken_.block.senders.push_back(sender);
        taken_.block.transactions.emplace_back().nonce = nonce;
        auto& result = taken_.result.results.emplace_back();
        result.coinbase_payment = U256(paid);
        for (const auto& pool : moves)
            result.slots.push_back({pool, kReserves, U256(1), U256(2 + hash)});
        return *this;
    }
    Block& read_only(const eth::Address& pool) {
        taken_.result.results.back().slots.push_back({pool, kReserves, U256(1), U256(1)});
        return *this;
    }
    Block& on(const eth::Hash& parent, std::uint64_t number) {
        taken_.block.parent_hash = parent;
        taken_.block.ref.number = number;
        return *this;
    }
    Block& not_executed() {
        taken_.result.results.clear();
        return *this;
    }
    Block& dear() {
        taken_.block.environment.base_fee = U256(1'000);
        return *this;
    }
    const state::TakenBlock& taken() const { return taken_; }

  private:
    state::TakenBlock taken_;
};

bus::Candidate candidate(bool with_victim, const std::vector<eth::Address>& pools) {
    bus::Candidate made;
    made.candidate_id = hash_of(200);
    made.block_number = eth::BlockNumber{10};
    made.block_hash = kHead;
    if (with_victim) {
        eth::Transaction tx;
        tx.type = eth::TxType::dynamic_fee;
        tx.nonce = 5;
        tx.max_fee_per_gas = U256(100);
        made.members.push_back({hash_of(1), kVictim, eth::encode_transaction(tx)});
    }
    for (const auto& pool : pools) {
        made.steps.push_back({.member = {}, .legs = {{.pool = pool}}});
        made.writes.push_back({pool, kReserves});
    }
    return made;
}

bus::OppOutcome outcome(const bus::Candidate& of, const Block& block,
                        const std::vector<bus::Verdict>& verdicts = {}) {
    OutcomeTracker afterwards;
    afterwards.note(of);
    const auto reported = afterwards.on_block(block.taken(), verdicts);
    EXPECT_EQ(reported.size(), 1u);
    EXPECT_EQ(afterwards.open(), 0u) << "each is reported once";
    return reported.empty() ? bus::OppOutcome{} : reported.front();
}

TEST(OutcomeTracker, AVictimMinedWithNobodyBeforeItWasLeft) {
    const auto reported = outcome(candidate(true, {kPool}), Block().mined(1, kVictim, 5, {kPool}));
    EXPECT_EQ(reported.outcome, "untaken");
    EXPECT_EQ(reported.hash, hash_of(1));
    EXPECT_EQ(reported.block_hash, hash_of(101));
}

TEST(OutcomeTracker, AnotherTransactionWithTheVictimsNonceReplacedIt) {
    const auto reported = outcome(candidate(true, {kPool}), Block().mined(9, kVictim, 5));
    EXPECT_EQ(reported.outcome, "victim_replaced");
    EXPECT_EQ(reported.by, hash_of(9));
}

bus::Verdict dropped(std::uint64_t hash) {
    return {.hash = hash_of(hash), .reason = "absent_from_pool", .by = {}};
}
bus::Verdict replaced(std::uint64_t hash, std::uint64_t by) {
    return {.hash = hash_of(hash), .replaced = true, .reason = "cancel", .by = hash_of(by)};
}

TEST(OutcomeTracker, AVictimThatLifecycleDroppedIsReportedWithItsReason) {
    const auto reported = outcome(candidate(true, {kPool}), Block(), {dropped(7), dropped(1)});
    EXPECT_EQ(reported.outcome, "victim_dropped");
    EXPECT_EQ(reported.reason, "absent_from_pool");
    EXPECT_FALSE(reported.by);
    EXPECT_EQ(outcome(candidate(true, {kPool}), Block(), {dropped(7)}).outcome, "expired")
        << "another transaction's";
}

TEST(OutcomeTracker, AVictimReplacedInThePoolNamesWhatReplacedIt) {
    const auto reported = outcome(candidate(true, {kPool}), Block(), {replaced(1, 9)});
    EXPECT_EQ(reported.outcome, "victim_replaced");
    EXPECT_EQ(reported.by, hash_of(9));
    EXPECT_EQ(reported.reason, "cancel");
}

TEST(OutcomeTracker, TheLastThatWasSaidOfAVictimCounts) {
    const auto reported =
        outcome(candidate(true, {kPool}), Block(), {replaced(1, 8), dropped(1), replaced(1, 9)});
    EXPECT_EQ(reported.outcome, "victim_replaced");
    EXPECT_EQ(reported.by, hash_of(9));
}

TEST(OutcomeTracker, TheBlockKnowsBetterThanWhatWasSaidBeforeIt) {
    EXPECT_EQ(outcome(candidate(true, {kPool}), Block().mined(1, kVictim, 5, {kPool}), {dropped(1)})
                  .outcome,
              "untaken");
    const auto reported =
        outcome(candidate(true, {kPool}), Block().mined(9, kVictim, 5), {dropped(1)});
    EXPECT_EQ(reported.outcome, "victim_replaced");
    EXPECT_EQ(reported.by, hash_of(9));
}

TEST(OutcomeTracker, ALostVictimNeedsNoExecutionAndNoOtherReason) {
    EXPECT_EQ(outcome(candidate(true, {kPool}),
                      Block().dear().mined(9, kRival, 0, {kPool}).not_executed(), {dropped(1)})
                  .outcome,
              "victim_dropped");
}

TEST(OutcomeTracker, AVerdictIsOfTheCandidatesThatAreOpenThenAlone) {
    OutcomeTracker afterwards;
    afterwards.note(candidate(true, {kPool}));
    const std::vector<bus::Verdict> verdicts{dropped(1)};
    EXPECT_EQ(afterwards.on_block(Block().taken(), verdicts).at(0).outcome, "victim_dropped");
    afterwards.note(candidate(true, {kPool}));
    EXPECT_EQ(afterwards.on_block(Block().taken()).at(0).outcome, "expired");
}

TEST(OutcomeTracker, AVictimThatDoesNotPayTheBaseFeeWaits) {
    EXPECT_EQ(outcome(candidate(true, {kPool}), Block().dear()).outcome, "base_fee_rose");
    EXPECT_EQ(outcome(candidate(true, {kPool}), Block()).outcome, "expired");
}

TEST(OutcomeTracker, WhoMovedASlotFirstIsNamedWithTheSlot) {
    const auto reported = outcome(candidate(true, {kPool}), Block()
                                                                .mined(8, address_of(3), 0)
                                                                .read_only(kPool)
                                                                .mined(9, kRival, 0, {kPool})
                                                                .mined(1, kVictim, 5, {kPool}));
    EXPECT_EQ(reported.outcome, "moved_first");
    EXPECT_EQ(reported.by, hash_of(9)) << "who only reads moves nothing";
    EXPECT_EQ(reported.slot, (bus::SlotUse{kPool, kReserves}));
    EXPECT_FALSE(reported.coinbase_payment);
}

TEST(OutcomeTracker, BothHalvesOfAnothersSandwichPaidForIt) {
    const auto reported = outcome(candidate(true, {kPool}), Block()
                                                                .mined(9, kRival, 0, {kPool}, 3)
                                                                .mined(1, kVictim, 5, {kPool}, 50)
                                                                .mined(10, kRival, 1, {kPool}, 4));
    EXPECT_EQ(reported.outcome, "taken");
    EXPECT_EQ(reported.by, hash_of(9));
    EXPECT_EQ(reported.coinbase_payment, U256(7));
}

TEST(OutcomeTracker, ABackrunIsTakenByWhoMovesItsPoolsBehindTheVictim) {
    const auto both = candidate(true, {kPool, kOtherPool});
    const auto reported = outcome(both, Block()
                                            .mined(1, kVictim, 5, {kPool})
                                            .mined(8, address_of(3), 0, {kPool})
                                            .mined(9, kRival, 0, {kPool, kOtherPool}, 6));
    EXPECT_EQ(reported.outcome, "taken");
    EXPECT_EQ(reported.by, hash_of(9)) << "one pool alone is no back-run";
    EXPECT_EQ(reported.coinbase_payment, U256(6));
}

TEST(OutcomeTracker, AnArbitrageWithoutMembersIsTakenOrMovedOrExpires) {
    const auto arb = candidate(false, {kPool, kOtherPool});
    EXPECT_EQ(outcome(arb, Block().mined(9, kRival, 0, {kPool, kOtherPool}, 6)).outcome, "taken");
    EXPECT_EQ(outcome(arb, Block().mined(9, kRival, 0, {kPool})).outcome, "moved_first");
    const auto reported = outcome(arb, Block().mined(9, kRival, 0));
    EXPECT_EQ(reported.outcome, "expired");
    EXPECT_FALSE(reported.hash);
}

TEST(OutcomeTracker, AnotherBranchAndAMissedBlockAreDistinguished) {
    EXPECT_EQ(outcome(candidate(true, {kPool}), Block().on(hash_of(7), 11)).outcome, "reorged");
    EXPECT_EQ(outcome(candidate(true, {kPool}), Block().on(hash_of(7), 12)).outcome, "expired");
}

TEST(OutcomeTracker, WithoutAnExecutionNothingIsClaimedOfSlots) {
    EXPECT_EQ(outcome(candidate(true, {kPool}),
                      Block().mined(9, kRival, 0, {kPool}).mined(1, kVictim, 5).not_executed())
                  .outcome,
              "unexamined");
}

TEST(OutcomeTracker, WhatASimulationRefusedIsNotFollowed) {
    OutcomeTracker afterwards;
    afterwards.note(candidate(true, {kPool}));
    afterwards.forget(hash_of(200));
    EXPECT_TRUE(afterwards.on_block(Block().taken()).empty());
}

EarlierFind earlier(std::uint64_t candidate) {
    return {.candidate_id = hash_of(candidate),
            .first_member = hash_of(1),
            .block_number = 10,
            .block_hash = kHead};
}

TEST(OutcomeTracker, AFindOfAnEarlierLifeIsUnexaminedBecauseOfTheRestart) {
    OutcomeTracker afterwards;
    afterwards.adopt(std::vector{earlier(200)});
    EXPECT_TRUE(afterwards.on_block(Block().on(hash_of(99), 10).taken()).empty())
        << "the block that it was found on is no next one";
    const auto reported = afterwards.on_block(Block().mined(1, kVictim, 5, {kPool}).taken());
    ASSERT_EQ(reported.size(), 1u);
    EXPECT_EQ(reported[0].outcome, "unexamined");
    EXPECT_EQ(reported[0].reason, "restarted");
    EXPECT_EQ(reported[0].hash, hash_of(1));
    EXPECT_EQ(reported[0].candidate_id, hash_of(200));
    EXPECT_EQ(afterwards.open(), 0u) << "it is reported once";
}

TEST(OutcomeTracker, AnEarlierFindWhoseBlockWentIsReorged) {
    OutcomeTracker afterwards;
    afterwards.adopt(std::vector{earlier(200)});
    EXPECT_EQ(afterwards.on_block(Block().on(hash_of(7), 11).taken()).at(0).outcome, "reorged");
}

TEST(OutcomeTracker, AnEarlierFindThatIsFoundAgainIsExaminedWhicheverComesFirst) {
    for (const bool found_first : {true, false}) {
        OutcomeTracker afterwards;
        if (found_first) afterwards.note(candidate(true, {kPool}));
        afterwards.adopt(std::vector{earlier(200)});
        if (!found_first) afterwards.note(candidate(true, {kPool}));
        const auto reported = afterwards.on_block(Block().mined(1, kVictim, 5, {kPool}).taken());
        ASSERT_EQ(reported.size(), 1u);
        EXPECT_EQ(reported[0].outcome, "untaken");
        EXPECT_EQ(reported[0].reason, "");
    }
}

TEST(OutcomeTracker, TheOldestOfTooManyIsReportedAtOnce) {
    OutcomeTracker afterwards;
    auto next = candidate(true, {kPool});
    for (std::size_t i = 0; i < OutcomeTracker::kMost; ++i) {
        next.candidate_id = hash_of(1'000 + i);
        ASSERT_FALSE(afterwards.note(next));
    }
    next.candidate_id = hash_of(1);
    const auto reported = afterwards.note(next);
    ASSERT_TRUE(reported);
    EXPECT_EQ(reported->candidate_id, hash_of(1'000));
    EXPECT_EQ(reported->outcome, "unexamined");
    EXPECT_EQ(reported->reason, "too_many_open");
    EXPECT_EQ(reported->block_hash, kHead);
    EXPECT_EQ(afterwards.open(), OutcomeTracker::kMost);
}

TEST(OutcomeTracker, CandidatesOfTheNewHeadStayOpen) {
    OutcomeTracker afterwards;
    auto later = candidate(true, {kPool});
    later.block_number = eth::BlockNumber{11};
    later.block_hash = hash_of(101);
    afterwards.note(later);
    EXPECT_TRUE(afterwards.on_block(Block().taken()).empty());
    EXPECT_EQ(afterwards.open(), 1u);
}

} // namespace
} // namespace viz::search
