#include <gtest/gtest.h>

#include "components/ingest/head_tracker.hpp"
#include "tests/support/values.hpp"

namespace viz::ingest {
namespace {

using Note = HeadTracker::Note;
using test::hash_of;

constexpr eth::ChainId kChain{1};

// Block `number` of branch `branch`, on the given parent.
bus::Head block(std::uint64_t number, std::uint64_t branch, const eth::Hash& parent) {
    bus::Head head{};
    head.chain_id = kChain;
    head.number = eth::BlockNumber{number};
    head.hash = hash_of(number * 1000 + branch);
    head.parent_hash = parent;
    return head;
}
bus::Head on(const bus::Head& parent, std::uint64_t branch = 0) {
    return block(parent.number.value + 1, branch, parent.hash);
}

// A tracker on a chain of `length` blocks.
struct Chain {
    explicit Chain(std::size_t length,
                   HeadTracker::Limits limits = {.window = 128, .catch_up = 256})
        : tracker(kChain, limits) {
        blocks.push_back(block(100, 0, hash_of(1)));
        while (blocks.size() < length) blocks.push_back(on(blocks.back()));
        for (const auto& b : blocks) tracker.announce(b);
    }
    HeadTracker tracker;
    std::vector<bus::Head> blocks;
};

const bus::Head& head_of(const ChainEvent& event) {
    return std::get<bus::Head>(event);
}

TEST(HeadTracker, TheFirstHeadSaysThatNothingIsKnownBeforeIt) {
    HeadTracker tracker(kChain, {});
    const auto step = tracker.announce(block(100, 0, hash_of(1)));
    ASSERT_EQ(step.events.size(), 1u);
    EXPECT_TRUE(head_of(step.events[0]).first);
}

TEST(HeadTracker, AChildOfTheTipExtends) {
    Chain chain(3);
    const auto step = chain.tracker.announce(on(chain.blocks.back()));
    EXPECT_EQ(step.note, Note::extended);
    ASSERT_EQ(step.events.size(), 1u);
    EXPECT_FALSE(head_of(step.events[0]).first);
    EXPECT_FALSE(head_of(step.events[0]).catch_up);
}

TEST(HeadTracker, ABlockKnownAlreadyIsNoNews) {
    Chain chain(3);
    const auto step = chain.tracker.announce(chain.blocks[1]);
    EXPECT_EQ(step.note, Note::known);
    EXPECT_TRUE(step.events.empty());
}

TEST(HeadTracker, AGapIsRequestedByNumberAndReportedInOrder) {
    Chain chain(1);
    std::vector<bus::Head> missed{on(chain.blocks[0])};
    while (missed.size() < 5) missed.push_back(on(missed.back()));
    auto step = chain.tracker.announce(missed[4]);
    EXPECT_EQ(step.note, Note::waiting);
    const auto range = std::get<HeadTracker::NeedRange>(step.need);
    EXPECT_EQ(range.from.value, 101u);
    EXPECT_EQ(range.to.value, 104u);
    step = chain.tracker.supply({missed[2], missed[0], missed[3], missed[1]});
    EXPECT_EQ(step.note, Note::extended);
    ASSERT_EQ(step.events.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(head_of(step.events[i]).number.value, 101 + i);
        EXPECT_EQ(head_of(step.events[i]).catch_up, i < 4);
    }
}

TEST(HeadTracker, WhatTheRangeDidNotBringIsAskedForByHash) {
    Chain chain(1);
    std::vector<bus::Head> missed{on(chain.blocks[0])};
    while (missed.size() < 4) missed.push_back(on(missed.back()));
    chain.tracker.announce(missed[3]);
    auto step = chain.tracker.supply({missed[0], missed[2]});
    EXPECT_EQ(std::get<HeadTracker::NeedBlock>(step.need).hash, missed[1].hash);
    step = chain.tracker.supply({missed[1]});
    EXPECT_EQ(step.events.size(), 4u);
}

TEST(HeadTracker, AReorgNamesTheAncestorAndWhatItTakesBack) {
    Chain chain(5);
    const auto fork2 = on(chain.blocks[1], 1);
    const auto fork3 = on(fork2, 1);
    auto step = chain.tracker.announce(fork3);
    EXPECT_EQ(std::get<HeadTracker::NeedBlock>(step.need).hash, fork2.hash);
    step = chain.tracker.supply({fork2});
    EXPECT_EQ(step.note, Note::reorganised);
    ASSERT_EQ(step.events.size(), 3u);
    const auto& reorg = std::get<bus::Reorg>(step.events[0]);
    EXPECT_EQ(reorg.ancestor_hash, chain.blocks[1].hash);
    EXPECT_EQ(reorg.ancestor_number, chain.blocks[1].number);
    EXPECT_EQ(reorg.depth, 3u);
    ASSERT_EQ(reorg.reverted_blocks.size(), 3u);
    EXPECT_EQ(reorg.reverted_blocks[0], chain.blocks[4].hash);
    EXPECT_EQ(reorg.reverted_blocks[2], chain.blocks[2].hash);
    EXPECT_EQ(head_of(step.events[1]).hash, fork2.hash);
    EXPECT_EQ(head_of(step.events[2]).hash, fork3.hash);
    EXPECT_EQ(chain.tracker.tip()->hash, fork3.hash);
}

class ReorgDepth : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(OneTo64, ReorgDepth, testing::Values(1, 2, 3, 7, 16, 33, 64));

TEST_P(ReorgDepth, IsFollowedAndFollowedBack) {
    const auto depth = GetParam();
    Chain chain(70);
    const auto ancestor = chain.blocks[69 - depth];
    std::vector<bus::Head> fork{on(ancestor, 1)};
    while (fork.size() < depth + 1) fork.push_back(on(fork.back(), 1));
    auto step = chain.tracker.announce(fork.back());
    for (auto n = depth; n-- > 0;) {
        ASSERT_EQ(std::get<HeadTracker::NeedBlock>(step.need).hash, fork[n].hash);
        step = chain.tracker.supply({fork[n]});
    }
    ASSERT_EQ(step.note, Note::reorganised);
    EXPECT_EQ(std::get<bus::Reorg>(step.events[0]).depth, depth);

    // Back to the first branch, two blocks longer.
    auto back = on(on(chain.blocks[69]));
    step = chain.tracker.announce(back);
    step = chain.tracker.supply({on(chain.blocks[69])});
    for (std::size_t n = 70; n-- > 70 - depth;) {
        ASSERT_EQ(std::get<HeadTracker::NeedBlock>(step.need).hash, chain.blocks[n].hash);
        step = chain.tracker.supply({chain.blocks[n]});
    }
    ASSERT_EQ(step.note, Note::reorganised);
    EXPECT_EQ(std::get<bus::Reorg>(step.events[0]).depth, depth + 1);
    EXPECT_EQ(chain.tracker.tip()->hash, back.hash);
}

TEST(HeadTracker, AReorgToAShorterChainIsAReorg) {
    Chain chain(5);
    const auto step = chain.tracker.announce(on(chain.blocks[1], 1));
    ASSERT_EQ(step.note, Note::reorganised);
    EXPECT_EQ(chain.tracker.tip()->number.value, 102u);
}

TEST(HeadTracker, ABranchFromBelowTheWindowTakesBackAllThatIsHeldAndStartsAgain) {
    Chain chain(20, {.window = 5, .catch_up = 100});
    const auto low = block(110, 7, hash_of(5));
    const auto step = chain.tracker.announce(low);
    EXPECT_EQ(step.note, Note::beyond_window);
    ASSERT_EQ(step.events.size(), 2u);
    const auto& reorg = std::get<bus::Reorg>(step.events[0]);
    EXPECT_EQ(reorg.depth, reorg.reverted_blocks.size());
    EXPECT_EQ(reorg.depth, 5u) << "the whole window";
    EXPECT_EQ(reorg.ancestor_number.value, 109u);
    EXPECT_TRUE(head_of(step.events[1]).first);
    EXPECT_EQ(chain.tracker.tip()->hash, low.hash);
}

TEST(HeadTracker, AGapBeyondTheLimitStartsTheStoryAgainAndSaysHowManyAreMissing) {
    Chain chain(1, {.window = 128, .catch_up = 10});
    const auto step = chain.tracker.announce(block(200, 0, hash_of(7)));
    EXPECT_EQ(step.note, Note::gap_too_long);
    EXPECT_EQ(step.missed_blocks, 99u);
    EXPECT_TRUE(head_of(step.events[0]).first);
}

TEST(HeadTracker, ANodeThatInventsParentsWithoutEndIsStopped) {
    Chain chain(2, {.window = 4, .catch_up = 8});
    // Numbers that never come down to the chain's.
    auto step = chain.tracker.announce(block(1'000, 9, hash_of(999'999)));
    EXPECT_EQ(step.note, Note::gap_too_long);
    step = chain.tracker.announce(block(1'003, 8, hash_of(888'888)));
    std::size_t rounds = 0;
    while (step.note == Note::waiting && ++rounds < 100) {
        if (std::holds_alternative<HeadTracker::NeedRange>(step.need)) {
            step = chain.tracker.supply({});
            continue;
        }
        auto made_up = block(1'003 - rounds, 8 + rounds, hash_of(888'888 + rounds));
        made_up.hash = std::get<HeadTracker::NeedBlock>(step.need).hash;
        step = chain.tracker.supply({made_up});
    }
    EXPECT_LT(rounds, 20u);
}

TEST(HeadTracker, NumbersThatContradictTheParentsAreLetGo) {
    Chain chain(3);
    auto wrong = on(chain.blocks[2]);
    wrong.number = eth::BlockNumber{150};
    EXPECT_EQ(chain.tracker.announce(wrong).note, Note::inconsistent);
    EXPECT_EQ(chain.tracker.announce(on(chain.blocks[2], 3)).note, Note::extended);
}

TEST(HeadTracker, AfterGivingUpTheNextHeadStartsAnew) {
    Chain chain(1);
    std::vector<bus::Head> next{on(chain.blocks[0])};
    while (next.size() < 3) next.push_back(on(next.back()));
    chain.tracker.announce(next[1]);
    chain.tracker.abandon();
    auto step = chain.tracker.announce(next[2]);
    EXPECT_TRUE(std::holds_alternative<HeadTracker::NeedRange>(step.need));
    EXPECT_EQ(chain.tracker.supply({next[0], next[1]}).events.size(), 3u);
}

TEST(HeadTracker, ContinuesFromTheLastRunAndIgnoresWhatIsBehindAHole) {
    const auto a = block(10, 0, hash_of(1));
    const auto b = block(20, 0, hash_of(2));
    const auto c = on(b);
    HeadTracker tracker(kChain, {},
                        {{a.number, a.hash, a.parent_hash},
                         {b.number, b.hash, b.parent_hash},
                         {c.number, c.hash, c.parent_hash}});
    EXPECT_FALSE(tracker.knows(a.hash));
    EXPECT_TRUE(tracker.knows(b.hash));
    const auto step = tracker.announce(on(c));
    EXPECT_EQ(step.note, Note::extended);
    EXPECT_FALSE(head_of(step.events[0]).first);
}

TEST(HeadTracker, KeepsNoMoreThanItsWindow) {
    Chain chain(50, {.window = 10, .catch_up = 10});
    EXPECT_TRUE(chain.tracker.knows(chain.blocks[49].hash));
    EXPECT_TRUE(chain.tracker.knows(chain.blocks[40].hash));
    EXPECT_FALSE(chain.tracker.knows(chain.blocks[39].hash));
}

} // namespace
} // namespace viz::ingest
