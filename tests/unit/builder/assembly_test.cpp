// Which candidates a block would hold: what excludes what, what is displaced, and what is reported.
#include "components/builder/assembly.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

#include "scene.hpp"
#include "tests/support/random_words.hpp"

namespace viz::test {
namespace {

using builder::Assembly;
using testing::ElementsAre;
using testing::IsEmpty;

// "included 1 profitable", "displaced 2 conflict for 1"
std::vector<std::string> said(const Assembly::Decisions& decisions) {
    const auto number = [](const bus::Hash& hash) {
        return std::to_string(hash.bytes[0] + 256 * hash.bytes[1]);
    };
    std::vector<std::string> out;
    for (const auto& one : decisions)
        out.push_back(one.decision + " " + number(one.candidate_id) + " " + one.reason +
                      (one.in_favour_of ? " for " + number(*one.in_favour_of) : ""));
    return out;
}

class AssemblyTest : public testing::Test {
  protected:
    std::vector<std::string> add(const Wish& wish) { return said(assembly_.add(simulated(wish))); }
    std::vector<bus::Hash> chosen() const { return assembly_.block().candidates; }

    Assembly assembly_;
};

class OnAHead : public AssemblyTest {
  protected:
    OnAHead() { assembly_.new_head(head()); }
};

TEST_F(OnAHead, AProfitableCandidateIsIncludedForTheNextBlock) {
    const auto decisions = assembly_.add(simulated({.id = 1, .net = 5, .members = {7}}));
    ASSERT_EQ(decisions.size(), 1u);
    const auto& one = decisions.front();
    EXPECT_EQ(one.decision, "included");
    EXPECT_EQ(one.reason, "profitable");
    EXPECT_EQ(one.hash, hash_of(7));
    EXPECT_EQ(one.sim_id, hash_of(20'001));
    EXPECT_EQ(one.target_block, bus::BlockNumber{101});
    EXPECT_EQ(one.position, 0u);
    EXPECT_EQ(one.net, bus::Wei(5));
    EXPECT_EQ(one.gas_used, bus::Gas{100'000});
}

TEST_F(OnAHead, WhatIsNoPlainProfitIsRejectedWithTheReason) {
    EXPECT_THAT(add({.id = 1, .net = 0}), ElementsAre("rejected 1 not_profitable"));
    EXPECT_THAT(add({.id = 2, .net = -5}), ElementsAre("rejected 2 not_profitable"));
    EXPECT_THAT(add({.id = 3, .net = 5, .plain = false}), ElementsAre("rejected 3 flagged"));
    EXPECT_THAT(add({.id = 4, .net = 5, .success = false}),
                ElementsAre("rejected 4 simulation_failed"));
    EXPECT_THAT(add({.id = 5, .net = 5, .gas = 30'000'001}),
                ElementsAre("rejected 5 over_gas_limit"));
    EXPECT_THAT(add({.id = 6, .net = 5, .head = 99}), ElementsAre("rejected 6 stale_state"));
    auto without_profit = simulated({.id = 7, .net = 5});
    without_profit.completed.profit.reset();
    EXPECT_THAT(said(assembly_.add(without_profit)), ElementsAre("rejected 7 simulation_failed"));
    auto broken = simulated({.id = 8, .net = 5});
    broken.candidate.steps.push_back({.member = 3, .legs = {}});
    EXPECT_THAT(said(assembly_.add(broken)), ElementsAre("rejected 8 malformed"));
    EXPECT_THAT(chosen(), IsEmpty());
}

TEST(Assembly, TakesFlaggedOnesWhereAsked) {
    Assembly assembly({.plain_only = false});
    assembly.new_head(head());
    EXPECT_THAT(said(assembly.add(simulated({.id = 1, .net = 5, .plain = false}))),
                ElementsAre("included 1 profitable"));
}

TEST_F(OnAHead, ConflictsAreSharedSlotsMembersAndSenders) {
    const Wish better{.id = 1, .net = 50, .reads = {1, 2}, .writes = {2}, .members = {7}};
    add(better);
    EXPECT_THAT(add({.id = 2, .net = 5, .reads = {2}}), ElementsAre("rejected 2 conflict for 1"))
        << "stands on what the other moves";
    EXPECT_THAT(add({.id = 3, .net = 5, .writes = {1}}), ElementsAre("rejected 3 conflict for 1"))
        << "moves what the other stands on";
    EXPECT_THAT(add({.id = 4, .net = 5, .members = {7}}), ElementsAre("rejected 4 conflict for 1"));
    EXPECT_THAT(add({.id = 5, .net = 5, .members = {8}, .sender = 7}),
                ElementsAre("rejected 5 conflict for 1"));
    EXPECT_THAT(add({.id = 6, .net = 5, .reads = {1}}), ElementsAre("included 6 profitable"))
        << "both only read it";
}

TEST_F(OnAHead, ABetterOneDisplacesWhatItExcludes) {
    add({.id = 1, .net = 5, .writes = {1}});
    add({.id = 2, .net = 6, .writes = {2}});
    EXPECT_THAT(add({.id = 3, .net = 50, .writes = {1, 2}}),
                ElementsAre("displaced 2 conflict for 3", "displaced 1 conflict for 3",
                            "included 3 profitable"));
    EXPECT_THAT(chosen(), ElementsAre(hash_of(3)));
}

TEST_F(OnAHead, WhatWaitsComesInWhenItsRivalHasToLeave) {
    add({.id = 1, .net = 5, .writes = {1}});
    add({.id = 2, .net = 10, .writes = {1, 2}}); // 1 waits for it
    EXPECT_THAT(add({.id = 3, .net = 50, .writes = {2}}),
                ElementsAre("displaced 2 conflict for 3", "included 3 profitable",
                            "included 1 room_again"));
}

TEST_F(OnAHead, OneThatIsSimulatedAnewTakesItsOwnPlace) {
    add({.id = 1, .net = 50});
    add({.id = 2, .net = 20});
    EXPECT_THAT(add({.id = 1, .net = 10}), ElementsAre("included 1 profitable"));
    EXPECT_THAT(chosen(), ElementsAre(hash_of(2), hash_of(1)));
    EXPECT_THAT(add({.id = 1, .net = 10, .success = false}),
                ElementsAre("displaced 1 simulation_failed"));
    EXPECT_THAT(chosen(), ElementsAre(hash_of(2)));
}

TEST_F(AssemblyTest, TheBlockEndsAtItsGasLimitAndSmallerOnesStillFit) {
    assembly_.new_head(head(kHeadNumber, 250'000));
    add({.id = 1, .net = 10, .gas = 100'000});
    add({.id = 2, .net = 20, .gas = 150'000});
    EXPECT_THAT(add({.id = 3, .net = 15, .gas = 60'000}),
                ElementsAre("displaced 1 block_gas_full", "included 3 profitable"));
    EXPECT_THAT(add({.id = 4, .net = 1, .gas = 40'000}), ElementsAre("included 4 profitable"));
    EXPECT_EQ(assembly_.block().gas_used, bus::Gas{250'000});
    EXPECT_EQ(assembly_.block().total_net, bus::Wei(36));
}

TEST(Assembly, HoldsNoMoreThanItsBounds) {
    Assembly assembly({.included = 2, .kept = 3});
    assembly.new_head(head());
    for (std::uint64_t id = 1; id <= 6; ++id)
        assembly.add(simulated({.id = id, .net = static_cast<std::int64_t>(id)}));
    EXPECT_THAT(assembly.block().candidates, ElementsAre(hash_of(6), hash_of(5)));
    EXPECT_EQ(assembly.size(), 3u);
    EXPECT_THAT(said(assembly.add(simulated({.id = 9, .net = 1}))),
                ElementsAre("rejected 9 block_full"));
    EXPECT_EQ(assembly.size(), 3u);
}

TEST_F(OnAHead, ANewHeadTakesEverythingOut) {
    add({.id = 1, .net = 5});
    add({.id = 2, .net = 6, .writes = {1}});
    add({.id = 3, .net = 4, .writes = {1}}); // not included: nothing is said of it again
    const auto decisions = assembly_.new_head(head(101));
    EXPECT_THAT(said(decisions), ElementsAre("displaced 2 new_head", "displaced 1 new_head"));
    EXPECT_EQ(decisions.front().target_block, bus::BlockNumber{101}) << "the block that it was for";
    EXPECT_EQ(assembly_.size(), 0u);
    EXPECT_THAT(said(assembly_.new_head(head(101))), IsEmpty()) << "the same again";
}

TEST_F(OnAHead, AReorgTakesEverythingOutAndTheNextHeadGoesOn) {
    add({.id = 1, .net = 5});
    bus::Reorg reorg;
    reorg.ancestor_number = bus::BlockNumber{99};
    reorg.ancestor_hash = hash_of(10'099);
    EXPECT_THAT(said(assembly_.reorg(reorg)), ElementsAre("displaced 1 reorg"));
    EXPECT_FALSE(assembly_.head());
    EXPECT_THAT(chosen(), IsEmpty());
    auto other = head(100);
    other.hash = hash_of(77'777);
    assembly_.new_head(other);
    EXPECT_THAT(add({.id = 2, .net = 5}), IsEmpty()) << "of the block that is gone: it waits";
    EXPECT_THAT(said(assembly_.new_head(head(101))), ElementsAre("rejected 2 stale_state"));
}

TEST_F(OnAHead, AReorgAboveOurHeadChangesNothing) {
    add({.id = 1, .net = 5});
    bus::Reorg reorg;
    reorg.ancestor_number = bus::BlockNumber{kHeadNumber};
    reorg.ancestor_hash = hash_of(10'000 + kHeadNumber);
    EXPECT_THAT(said(assembly_.reorg(reorg)), IsEmpty());
    EXPECT_THAT(chosen(), ElementsAre(hash_of(1)));
}

TEST_F(AssemblyTest, ASimulationMayComeBeforeItsHead) {
    EXPECT_THAT(add({.id = 1, .net = 5}), IsEmpty());
    EXPECT_THAT(said(assembly_.new_head(head())), ElementsAre("included 1 profitable"));
    EXPECT_THAT(add({.id = 2, .net = 5, .head = 102}), IsEmpty());
    EXPECT_THAT(said(assembly_.new_head(head(101))), ElementsAre("displaced 1 new_head"));
    EXPECT_THAT(said(assembly_.new_head(head(102))), ElementsAre("included 2 profitable"));
}

TEST(Assembly, OfTooManyThatWaitForAHeadTheOldestIsRejected) {
    Assembly assembly({.early = 2});
    assembly.add(simulated({.id = 1, .net = 5}));
    assembly.add(simulated({.id = 2, .net = 5}));
    EXPECT_THAT(said(assembly.add(simulated({.id = 3, .net = 5}))),
                ElementsAre("rejected 1 no_head"));
}

TEST_F(OnAHead, TheTemplateHasTheTransactionsInOrder) {
    auto sandwich = simulated({.id = 1, .net = 50, .members = {7}});
    auto& steps = sandwich.candidate.steps;
    steps.insert(steps.begin(), bus::CandidateStep{});
    steps.push_back({});
    assembly_.add(sandwich);
    add({.id = 2, .net = 60, .members = {8, 9}});
    const auto block = assembly_.block();
    EXPECT_EQ(block.target_block, bus::BlockNumber{101});
    EXPECT_EQ(block.parent_hash, hash_of(10'100));
    using Tx = builder::TemplateTransaction;
    EXPECT_THAT(block.transactions,
                ElementsAre(Tx{hash_of(2), hash_of(8)}, Tx{hash_of(2), hash_of(9)},
                            Tx{hash_of(1), {}}, Tx{hash_of(1), hash_of(7)}, Tx{hash_of(1), {}}));
}

TEST(Assembly, KnowsTheTimeBetweenBlocksItHasSeen) {
    Assembly assembly;
    assembly.new_head(head(100));
    EXPECT_FALSE(assembly.head()->slot_s);
    assembly.new_head(head(101));
    EXPECT_EQ(assembly.head()->slot_s, 12);
    assembly.new_head(head(105));
    EXPECT_FALSE(assembly.head()->slot_s) << "not its parent";
}

// ------------------------------------------------------------------------------- properties

std::vector<bus::Simulated> random_market(RandomWords& random) {
    std::vector<bus::Simulated> all;
    const auto count = 1 + random.below(40);
    const auto some = [&](std::uint64_t most, std::uint64_t of) {
        std::vector<std::uint64_t> out;
        for (auto n = random.below(most + 1); n != 0; --n) out.push_back(1 + random.below(of));
        return out;
    };
    for (std::uint64_t id = 1; id <= count; ++id)
        all.push_back(simulated({.id = id,
                                 .net = random.between(-5, 60), // ties are frequent
                                 .gas = 21'000 + random.below(400'000),
                                 .reads = some(3, 25),
                                 .writes = some(2, 25),
                                 .members = some(1, 30),
                                 .plain = !random.one_in(10)}));
    return all;
}

// What can be seen of a block: no two that exclude each other, never over its gas, nothing left
// out that would still fit.
void expect_sound(const Assembly& assembly, const std::vector<bus::Simulated>& added) {
    const auto block = assembly.block();
    ASSERT_LE(block.gas_used, block.gas_limit);
    std::vector<builder::Footprint> chosen;
    std::uint64_t gas = 0;
    for (const auto& id : block.candidates) {
        const auto* one = assembly.find(id);
        ASSERT_NE(one, nullptr);
        ASSERT_TRUE(one->completed.profit->plain);
        gas += one->completed.gas_used.value;
        const auto footprint = builder::footprint_of(one->candidate);
        for (const auto& other : chosen) ASSERT_FALSE(builder::conflict(footprint, other));
        chosen.push_back(footprint);
    }
    ASSERT_EQ(gas, block.gas_used.value);
    for (const auto& one : added) {
        const auto& profit = *one.completed.profit;
        if (!profit.plain || eth::is_negative(profit.net) || eth::is_zero(profit.net)) continue;
        if (std::ranges::find(block.candidates, one.candidate.candidate_id) !=
            block.candidates.end())
            continue;
        const auto footprint = builder::footprint_of(one.candidate);
        const bool excluded = std::ranges::any_of(
            chosen, [&](const auto& other) { return builder::conflict(footprint, other); });
        ASSERT_TRUE(excluded || gas + one.completed.gas_used.value > block.gas_limit.value);
    }
}

// The record describes the block: a reader of the decisions has the same candidates.
void follow(const Assembly::Decisions& decisions, std::set<bus::Hash>& reported) {
    for (const auto& one : decisions) {
        if (one.decision == "included") reported.insert(one.candidate_id);
        if (one.decision == "displaced") {
            ASSERT_EQ(reported.erase(one.candidate_id), 1u);
        }
        if (one.decision == "rejected") {
            ASSERT_FALSE(reported.contains(one.candidate_id));
        }
    }
}

TEST(AssemblyProperty, SoundAfterEachCandidateAndTheSameInEveryOrder) {
    const auto seed = seed_or(20'261'126);
    RandomWords random(seed);
    std::mt19937_64 shuffler(seed);
    for (int round = 0; round < 150; ++round) {
        auto market = random_market(random);
        const auto limit = 400'000 + random.below(3'000'000);
        std::optional<std::vector<bus::Hash>> first;
        for (int order = 0; order < 3; ++order) {
            std::ranges::shuffle(market, shuffler);
            Assembly assembly;
            assembly.new_head(head(kHeadNumber, limit));
            std::set<bus::Hash> reported;
            std::vector<bus::Simulated> added;
            for (const auto& one : market) {
                follow(assembly.add(one), reported);
                added.push_back(one);
                expect_sound(assembly, added);
            }
            const auto chosen = assembly.block().candidates;
            ASSERT_EQ(reported, std::set<bus::Hash>(chosen.begin(), chosen.end()));
            if (!first) first = chosen;
            ASSERT_EQ(chosen, *first) << "round " << round;
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

} // namespace
} // namespace viz::test
