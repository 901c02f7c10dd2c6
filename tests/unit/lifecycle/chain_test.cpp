#include <gmock/gmock.h>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

lifecycle::Config shallow() {
    lifecycle::Config config;
    config.finality_depth = 3;
    config.reorg_window = 8;
    return config;
}

class Chain : public ::testing::Test {
  protected:
    void SetUp() override {
        scene.block(1);
        scene.see({.id = 1, .nonce = 0});
        scene.see({.id = 2, .nonce = 1});
        scene.nonce_is(1, 0, 1);
    }
    Scene scene{shallow()};
};

TEST_F(Chain, ConfirmsAtInclusionAndFinallyAfterTheDepth) {
    EXPECT_THAT(scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}}),
                ElementsAre("confirmed 1 in 2"));
    EXPECT_THAT(scene.block(3), IsEmpty());
    EXPECT_THAT(scene.block(4), IsEmpty());
    EXPECT_THAT(scene.block(5), ElementsAre("final 1 in 2"));
    EXPECT_EQ(scene.status(1), "confirmed_final");
}

TEST_F(Chain, RecordsEveryBlockAndReportsWhichNoLongerCounts) {
    scene.tell_blocks = true;
    EXPECT_THAT(scene.block(2), ElementsAre("block 2"));
    EXPECT_THAT(scene.reorg_to(1, 1), ElementsAre("unblock 2"));
    EXPECT_THAT(scene.block(2, {}, 1), ElementsAre("block 2"));
}

TEST_F(Chain, IgnoresTheSameHeadTwice) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    EXPECT_THAT(scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}}), IsEmpty());
    EXPECT_EQ(scene.pool.counters().duplicate_heads, 1u);
}

TEST_F(Chain, InclusionDelayIsBlockTimeMinusFirstSeenAndUnknownForBackfilled) {
    scene.see({.id = 3, .sender = 2, .backfilled = true});
    scene.pool.on_head(
        Scene::head(2, {{.id = 1, .sender = 1, .nonce = 0}, {.id = 3, .sender = 2, .nonce = 0}}, 0,
                    0),
        scene.now, scene.out);
    std::vector<std::optional<std::int64_t>> delays;
    for (const auto& event : scene.out.events)
        if (const auto* confirmed = std::get_if<bus::TxConfirmedProvisional>(&event))
            delays.push_back(confirmed->inclusion_delay_ms);
    EXPECT_THAT(delays, ElementsAre(1'024'000 - 1'000'000, std::nullopt));
}

TEST_F(Chain, ReorgReopensInNonceOrder) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}, {.id = 2, .sender = 1, .nonce = 1}});
    EXPECT_THAT(scene.reorg_to(1, 1),
                ElementsAre("reorged 2 from 2", "reorged 1 from 2", "ready 1 reopened_by_reorg",
                            "ready 2 reopened_by_reorg"));
    EXPECT_EQ(scene.pool.next_nonce(address_of(1)), 0u);
    EXPECT_EQ(scene.pool.counters().last_reorg_depth, 1u);
}

TEST_F(Chain, ReorgConfirmsInTheOtherBranch) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    scene.reorg_to(1, 1);
    EXPECT_THAT(scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}}, 1),
                ElementsAre("confirmed 1 in 2"));
}

TEST_F(Chain, ReorgTakesBackWhatWasCalledFinalWhenTheWindowStillHoldsIt) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    for (std::uint64_t n = 3; n <= 6; ++n) scene.block(n);
    EXPECT_EQ(scene.status(1), "confirmed_final");
    EXPECT_THAT(scene.reorg_to(1, 5), ElementsAre("reorged 1 from 2", "ready 1 reopened_by_reorg"));
    EXPECT_THAT(scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}}, 1),
                ElementsAre("confirmed 1 in 2"));
}

TEST_F(Chain, ReorgOpensWhatAnotherTransactionsNonceHadClosed) {
    EXPECT_THAT(scene.block(2, {{.id = 60, .sender = 1, .nonce = 0}}),
                ElementsAre("dropped 1 nonce_used by 60"));
    EXPECT_THAT(scene.reorg_to(1, 1), ElementsAre("ready 1 reopened_by_reorg"));
}

TEST_F(Chain, ReorgRollsBackAnAuthoritysNonce) {
    scene.see({.id = 9, .sender = 2, .nonce = 4});
    scene.nonce_is(2, 3, 1);
    scene.block(2, {{.id = 70,
                     .sender = 8,
                     .nonce = 0,
                     .authorities = {{.address = address_of(2), .nonce = 3}}}});
    EXPECT_EQ(scene.status(9), "ready");
    EXPECT_THAT(scene.reorg_to(1, 1), ElementsAre("blocked 9 expects 3"));
}

TEST_F(Chain, AHeadOnAnOlderParentIsAReorgNobodyAnnounced) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    EXPECT_THAT(scene.block(2, {}, 1),
                ElementsAre("reorged 1 from 2", "ready 1 reopened_by_reorg"));
    EXPECT_EQ(scene.pool.counters().reorgs, 1u);
}

TEST_F(Chain, EveryDepthTheWindowHoldsIsUndoneExactly) {
    for (std::uint64_t depth = 1; depth <= 7; ++depth) {
        Scene deep{shallow()};
        deep.block(10);
        for (std::uint64_t n = 1; n <= depth; ++n) deep.see({.id = n, .nonce = n - 1});
        deep.nonce_is(1, 0, 10);
        for (std::uint64_t n = 1; n <= depth; ++n)
            deep.block(10 + n, {{.id = n, .sender = 1, .nonce = n - 1}});
        deep.reorg_to(10, depth);
        EXPECT_EQ(deep.pool.next_nonce(address_of(1)), 0u) << depth;
        for (std::uint64_t n = 1; n <= depth; ++n) EXPECT_EQ(deep.status(n), "ready") << depth;
        EXPECT_EQ(deep.pool.counters().reorgs_beyond_window, 0u);
        EXPECT_EQ(deep.pool.counters().last_reorg_depth, depth);
    }
}

TEST_F(Chain, AReorgBeyondTheWindowIsCountedAndTheNodeAskedAnew) {
    for (std::uint64_t n = 2; n <= 20; ++n) scene.block(n);
    scene.asked_nonces();
    scene.reorg_to(3, 17);
    EXPECT_EQ(scene.pool.counters().reorgs_beyond_window, 1u);
    EXPECT_THAT(scene.asked_nonces(), ElementsAre(address_of(1)));
}

TEST_F(Chain, AHoleInTheHeadsMakesConfirmationsDoubtfulUntilTheNodeVouches) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    EXPECT_THAT(scene.block(9), IsEmpty()); // deep enough for finality, but was it reorged?
    EXPECT_THAT(scene.asked_presence(), ElementsAre(hash_of(1)));
    EXPECT_THAT(scene.presence(1, bus::Presence::mined, 2), ElementsAre("final 1 in 2"));
}

TEST_F(Chain, AHoleInTheHeadsCanHaveMovedAConfirmation) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    scene.block(9);
    EXPECT_THAT(scene.presence(1, bus::Presence::mined, 4, 1),
                ElementsAre("reorged 1 from 2", "confirmed 1 in 4", "final 1 in 4"));
}

TEST_F(Chain, AHoleInTheHeadsCanHaveUndoneAConfirmation) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    scene.block(9);
    EXPECT_THAT(scene.presence(1, bus::Presence::pending),
                ElementsAre("reorged 1 from 2", "ready 1 reopened_by_reorg"));
}

TEST_F(Chain, WhatWasMinedInABlockWeMissedIsConfirmedByTheNodesWord) {
    scene.block(9, {}, 0);
    scene.asked_presence();
    EXPECT_THAT(scene.nonce_is(1, 1, 9), IsEmpty());
    EXPECT_THAT(scene.asked_presence(), ElementsAre(hash_of(1)));
    EXPECT_THAT(scene.presence(1, bus::Presence::mined, 7), ElementsAre("confirmed 1 in 7"));
}

TEST_F(Chain, ALateRebroadcastOfAFinalTransactionStartsNoSecondLife) {
    scene.block(2, {{.id = 1, .sender = 1, .nonce = 0}});
    for (std::uint64_t n = 3; n <= 20; ++n) scene.block(n);
    EXPECT_EQ(scene.status(1), "unknown");
    EXPECT_THAT(scene.see({.id = 1, .nonce = 0}), IsEmpty());
    EXPECT_EQ(scene.pool.counters().rebroadcasts, 1u);
}

} // namespace
} // namespace viz::test
