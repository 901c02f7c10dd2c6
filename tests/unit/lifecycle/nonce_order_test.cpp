#include <gmock/gmock.h>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

TEST(Lifecycle, StaysPendingWithoutAnEventUntilTheNonceIsKnown) {
    Scene scene;
    EXPECT_THAT(scene.see({.id = 1, .nonce = 5}), IsEmpty());
    EXPECT_EQ(scene.status(1), "pending");
    EXPECT_THAT(scene.asked_nonces(), ElementsAre(address_of(1)));
    EXPECT_THAT(scene.nonce_is(1, 5), ElementsAre("ready 1 next_nonce"));
}

TEST(Lifecycle, AsksForEachSenderOnceAndAgainWithBackOff) {
    Scene scene;
    scene.see({.id = 1, .nonce = 5});
    scene.see({.id = 2, .nonce = 6});
    EXPECT_THAT(scene.asked_nonces(), ElementsAre(address_of(1)));
    EXPECT_THAT(scene.asked_nonces(), IsEmpty());
    scene.pass(scene.config.retry_first);
    EXPECT_THAT(scene.asked_nonces(), ElementsAre(address_of(1)));
    scene.pass(scene.config.retry_first);
    EXPECT_THAT(scene.asked_nonces(), IsEmpty());
    scene.pass(scene.config.retry_first);
    EXPECT_THAT(scene.asked_nonces(), ElementsAre(address_of(1)));
}

TEST(Lifecycle, BlocksBehindAGapAndNamesTheFirstMissingNonce) {
    Scene scene;
    scene.see({.id = 1, .nonce = 0});
    scene.nonce_is(1, 0);
    EXPECT_THAT(scene.see({.id = 3, .nonce = 3}), ElementsAre("blocked 3 expects 1"));
    EXPECT_THAT(scene.see({.id = 4, .nonce = 4}), ElementsAre("blocked 4 expects 1"));
    EXPECT_THAT(scene.see({.id = 11, .nonce = 1}),
                ElementsAre("ready 11 next_nonce", "blocked 3 expects 2", "blocked 4 expects 2"));
    EXPECT_THAT(scene.see({.id = 2, .nonce = 2}),
                ElementsAre("ready 2 next_nonce", "ready 3 gap_filled", "ready 4 gap_filled"));
}

TEST(Lifecycle, LearnsTheNonceFromABlockWithoutAsking) {
    Scene scene;
    scene.block(1, {{.id = 50, .sender = 1, .nonce = 7}});
    EXPECT_THAT(scene.see({.id = 1, .nonce = 8}), ElementsAre("ready 1 next_nonce"));
    EXPECT_THAT(scene.asked_nonces(), IsEmpty());
}

TEST(Lifecycle, ABlockAfterTheAnswersHeightCountsOnTopOfTheAnswer) {
    Scene scene;
    scene.block(1);
    scene.see({.id = 2, .nonce = 6});
    scene.block(2, {{.id = 50, .sender = 1, .nonce = 5}});
    EXPECT_EQ(scene.status(2), "ready");
    EXPECT_THAT(scene.nonce_is(1, 5, 1), IsEmpty());
    EXPECT_EQ(scene.status(2), "ready");
}

TEST(Lifecycle, KeepsAskingABlockedSendersNonce) {
    Scene scene;
    scene.see({.id = 1, .nonce = 5});
    scene.asked_nonces();
    scene.nonce_is(1, 3);
    EXPECT_THAT(scene.asked_nonces(), IsEmpty());
    scene.pass(scene.config.blocked_nonce_refresh);
    EXPECT_THAT(scene.asked_nonces(), ElementsAre(address_of(1)));
    EXPECT_THAT(scene.nonce_is(1, 5), ElementsAre("ready 1 gap_filled"));
}

TEST(Lifecycle, AnAuthorizationInATypeFourTransactionAdvancesTheAuthoritysNonce) {
    Scene scene;
    scene.block(1);
    scene.see({.id = 1, .sender = 2, .nonce = 4});
    scene.nonce_is(2, 3, 1);
    EXPECT_EQ(scene.status(1), "blocked");
    EXPECT_THAT(scene.block(2, {{.id = 70,
                                 .sender = 9,
                                 .nonce = 0,
                                 .authorities = {{.address = address_of(2), .nonce = 3}}}}),
                ElementsAre("ready 1 gap_filled"));
}

TEST(Lifecycle, AnAuthorizationThatDoesNotContinueTheNonceIsSkippedAsTheProtocolDoes) {
    Scene scene;
    scene.block(1);
    scene.see({.id = 1, .sender = 2, .nonce = 4});
    scene.nonce_is(2, 4, 1);
    scene.block(2, {{.id = 70,
                     .sender = 9,
                     .nonce = 0,
                     .authorities = {{.address = address_of(2), .nonce = 9}}}});
    EXPECT_EQ(scene.pool.next_nonce(address_of(2)), 4u);
    EXPECT_EQ(scene.status(1), "ready");
}

TEST(Lifecycle, AStaleNonceIsCheckedOnceAndThenDropped) {
    Scene scene;
    scene.block(10);
    scene.see({.id = 5, .nonce = 9});
    scene.nonce_is(1, 9, 10);
    EXPECT_THAT(scene.see({.id = 1, .nonce = 3}), IsEmpty());
    EXPECT_EQ(scene.status(1), "pending");
    EXPECT_THAT(scene.asked_presence(), ElementsAre(hash_of(1)));
    EXPECT_THAT(scene.presence(1, bus::Presence::absent), ElementsAre("dropped 1 nonce_used"));
}

TEST(Lifecycle, AStaleTransactionThatIsMinedIsConfirmedInstead) {
    Scene scene;
    scene.block(10);
    scene.see({.id = 5, .nonce = 9});
    scene.nonce_is(1, 9, 10);
    scene.see({.id = 1, .nonce = 3});
    EXPECT_THAT(scene.presence(1, bus::Presence::mined, 4), ElementsAre("confirmed 1 in 4"));
}

TEST(Lifecycle, ATransactionSeenAfterItsBlockIsConfirmedAtOnce) {
    Scene scene;
    scene.block(10, {{.id = 1, .sender = 1, .nonce = 3}});
    EXPECT_THAT(scene.see({.id = 1, .nonce = 3}), ElementsAre("confirmed 1 in 10"));
    EXPECT_THAT(scene.see({.id = 2, .nonce = 3}), ElementsAre("dropped 2 nonce_used by 1"));
}

} // namespace
} // namespace viz::test
