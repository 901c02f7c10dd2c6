#include <gmock/gmock.h>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

using bus::Presence;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Absence : public ::testing::Test {
  protected:
    void SetUp() override {
        scene.see({.id = 1});
        scene.nonce_is(1, 0);
    }
    Scene scene;
};

TEST_F(Absence, IsAskedAboutWhenATransactionHasNotBeenHeardOf) {
    EXPECT_THAT(scene.asked_presence(), IsEmpty());
    scene.pass(scene.config.absence_check_after);
    EXPECT_THAT(scene.asked_presence(), ElementsAre(hash_of(1)));
}

TEST_F(Absence, ShorterThanTheLimitDropsNothing) {
    EXPECT_THAT(scene.presence(1, Presence::absent), IsEmpty());
    scene.pass(scene.config.drop_after - std::chrono::milliseconds(1));
    EXPECT_THAT(scene.presence(1, Presence::absent), IsEmpty());
    EXPECT_EQ(scene.status(1), "ready");
}

TEST_F(Absence, LongerThanTheLimitDrops) {
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after);
    EXPECT_THAT(scene.presence(1, Presence::absent), ElementsAre("dropped 1 absent_from_pool"));
}

TEST_F(Absence, MustBeContinuous) {
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after / 2);
    scene.presence(1, Presence::pending);
    scene.pass(scene.config.drop_after / 2);
    EXPECT_THAT(scene.presence(1, Presence::absent), IsEmpty());
    scene.pass(scene.config.drop_after / 2);
    EXPECT_THAT(scene.presence(1, Presence::absent), IsEmpty());
}

TEST_F(Absence, SilenceOfTheNodeIsNotAbsence) {
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after * 10);
    scene.asked_presence();
    EXPECT_EQ(scene.status(1), "ready");
}

TEST_F(Absence, OfTheLowestNonceBlocksTheOthers) {
    scene.see({.id = 2, .nonce = 1});
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after);
    EXPECT_THAT(scene.presence(1, Presence::absent),
                ElementsAre("dropped 1 absent_from_pool", "blocked 2 expects 0"));
}

TEST_F(Absence, IsTakenBackWhenTheTransactionIsPresentAgain) {
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after);
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after);
    EXPECT_THAT(scene.asked_presence(), ElementsAre(hash_of(1)));
    EXPECT_THAT(scene.presence(1, Presence::pending), ElementsAre("ready 1 seen_again"));
}

TEST_F(Absence, IsTakenBackWhenTheTransactionIsMined) {
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after);
    scene.presence(1, Presence::absent);
    EXPECT_THAT(scene.block(1, {{.id = 1, .sender = 1, .nonce = 0}}),
                ElementsAre("confirmed 1 in 1"));
}

TEST_F(Absence, IsAskedAboutLessAndLessAfterTheDropAndThenNoMore) {
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after);
    int questions = 0;
    scene.presence(1, Presence::absent);
    for (int hour = 0; hour < 24; ++hour) {
        scene.pass(std::chrono::hours(1));
        if (scene.asked_presence().empty()) continue;
        ++questions;
        EXPECT_THAT(scene.presence(1, Presence::absent), IsEmpty());
    }
    EXPECT_EQ(questions, 4);
}

TEST_F(Absence, ANonceUsedByAnotherIsSaidAlsoOfWhatHadVanished) {
    scene.presence(1, Presence::absent);
    scene.pass(scene.config.drop_after);
    scene.presence(1, Presence::absent);
    EXPECT_THAT(scene.block(1, {{.id = 60, .sender = 1, .nonce = 0}}),
                ElementsAre("dropped 1 nonce_used by 60"));
    EXPECT_EQ(scene.pool.counters().private_winners, 1u);
}

} // namespace
} // namespace viz::test
