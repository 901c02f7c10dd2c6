#include <gmock/gmock.h>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

using lifecycle::RecoveredTx;
using lifecycle::Status;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

RecoveredTx recovered(std::uint64_t id, eth::Nonce nonce, Status status) {
    RecoveredTx known;
    known.tx.hash = hash_of(id);
    known.tx.sender = address_of(1);
    known.tx.nonce = nonce;
    known.tx.max_fee_per_gas = 100;
    known.tx.max_priority_fee_per_gas = 10;
    known.status = status;
    return known;
}

bus::BlockRecord record(std::uint64_t number) {
    bus::BlockRecord block;
    block.number = eth::BlockNumber{number};
    block.hash = Scene::block_hash(number, 0);
    block.parent_hash = Scene::block_hash(number - 1, 0);
    return block;
}

class Recovery : public ::testing::Test {
  protected:
    void SetUp() override {
        auto blocked = recovered(3, 4, Status::blocked);
        blocked.expected_nonce = 3;
        auto confirmed = recovered(1, 1, Status::confirmed_provisional);
        confirmed.block_number = eth::BlockNumber{10};
        confirmed.block_hash = Scene::block_hash(10, 0);
        scene.pool.recover({.transactions = {confirmed, recovered(2, 2, Status::ready), blocked},
                            .blocks = {record(9), record(10)}},
                           scene.now);
    }
    Scene scene;
};

TEST_F(Recovery, ReportsNothingTwice) {
    EXPECT_THAT(scene.reported(), IsEmpty());
    EXPECT_THAT(scene.asked_nonces(), ElementsAre(address_of(1)));
    EXPECT_THAT(scene.nonce_is(1, 2, 10), IsEmpty());
    EXPECT_THAT(scene.see({.id = 2, .nonce = 2}), IsEmpty());
    EXPECT_EQ(scene.status(2), "ready");
    EXPECT_EQ(scene.status(3), "blocked");
}

TEST_F(Recovery, GoesOnWhereTheChainGoesOn) {
    EXPECT_THAT(scene.block(11, {{.id = 2, .sender = 1, .nonce = 2}}),
                ElementsAre("confirmed 2 in 11"));
    EXPECT_EQ(scene.pool.counters().head_gaps, 0u);
}

TEST_F(Recovery, ReportsOnceWhatWasMinedMeanwhile) {
    EXPECT_THAT(scene.block(30), IsEmpty());
    EXPECT_THAT(scene.nonce_is(1, 3, 30), IsEmpty());
    EXPECT_THAT(scene.presence(2, bus::Presence::mined, 20), ElementsAre("confirmed 2 in 20"));
    EXPECT_THAT(scene.presence(2, bus::Presence::mined, 20), IsEmpty());
}

TEST_F(Recovery, ReportsOnceWhatWasReorgedMeanwhile) {
    scene.block(30);
    EXPECT_THAT(scene.presence(1, bus::Presence::mined, 11, 1),
                ElementsAre("reorged 1 from 10", "confirmed 1 in 11"));
}

TEST_F(Recovery, AReorgAcrossTheRestartReopensWhatTheRecordHadConfirmed) {
    scene.nonce_is(1, 2, 10);
    EXPECT_THAT(scene.reorg_to(9, 1),
                ElementsAre("reorged 1 from 10", "ready 1 reopened_by_reorg"));
}

TEST_F(Recovery, WhatWasGivenUpOrUsedUpStaysSo) {
    Scene fresh;
    auto used = recovered(7, 1, Status::dropped);
    used.reason = "nonce_used";
    auto absent = recovered(8, 2, Status::dropped);
    absent.reason = "absent_from_pool";
    fresh.pool.recover({.transactions = {used, absent}, .blocks = {}}, fresh.now);
    EXPECT_EQ(fresh.status(7), "unknown");
    EXPECT_EQ(fresh.status(8), "dropped");
    fresh.see({.id = 8, .nonce = 2});
    EXPECT_THAT(fresh.nonce_is(1, 2), ElementsAre("ready 8 seen_again"));
}

} // namespace
} // namespace viz::test
