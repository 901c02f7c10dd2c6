#include "components/lifecycle/replacement.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

using lifecycle::Fees;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Fees fees(std::uint64_t max_fee, std::uint64_t priority_fee, std::uint64_t blob_fee = 0) {
    Fees made{.max_fee = max_fee, .priority_fee = priority_fee, .blob_fee = std::nullopt};
    if (blob_fee != 0) made.blob_fee = blob_fee;
    return made;
}

TEST(Lifecycle, ReplacementNeedsTenPercentBump) {
    Scene scene;
    scene.see({.id = 1, .max_fee = 100, .priority_fee = 10});
    scene.nonce_is(1, 0);
    EXPECT_THAT(scene.see({.id = 2, .max_fee = 109, .priority_fee = 11}),
                ElementsAre("dropped 2 underpriced_replacement by 1"));
    EXPECT_THAT(scene.see({.id = 3, .max_fee = 110, .priority_fee = 11}),
                ElementsAre("replaced 1 by 3 speed_up 1000", "ready 3 next_nonce"));
}

TEST(Lifecycle, ReplacementIsDecidedBeforeTheNonceIsKnown) {
    Scene scene;
    scene.see({.id = 1});
    EXPECT_THAT(scene.see({.id = 2, .max_fee = 200, .priority_fee = 20}),
                ElementsAre("replaced 1 by 2 speed_up 10000"));
    EXPECT_THAT(scene.nonce_is(1, 0), ElementsAre("ready 2 next_nonce"));
}

TEST(Lifecycle, ACheaperTransactionThatIsMinedWins) {
    Scene scene;
    scene.block(1);
    scene.see({.id = 1});
    scene.nonce_is(1, 0, 1);
    scene.see({.id = 2, .max_fee = 50, .priority_fee = 5});
    EXPECT_EQ(scene.status(2), "dropped");
    EXPECT_THAT(scene.block(2, {{.id = 2, .sender = 1, .nonce = 0}}),
                ElementsAre("confirmed 2 in 2", "dropped 1 nonce_used by 2"));
}

TEST(Replacement, BothFeesMustRise) {
    const lifecycle::Config config;
    EXPECT_TRUE(displaces(fees(100, 10), fees(110, 11), config));
    EXPECT_FALSE(displaces(fees(100, 10), fees(200, 10), config));
    EXPECT_FALSE(displaces(fees(100, 10), fees(109, 20), config));
    EXPECT_FALSE(displaces(fees(0, 0), fees(0, 0), config));
    EXPECT_TRUE(displaces(fees(0, 0), fees(1, 1), config));
}

TEST(Replacement, BlobTransactionsMustDoubleAllThreeFees) {
    const lifecycle::Config config;
    EXPECT_TRUE(displaces(fees(100, 10, 5), fees(200, 20, 10), config));
    EXPECT_FALSE(displaces(fees(100, 10, 5), fees(200, 20, 9), config));
    EXPECT_FALSE(displaces(fees(100, 10, 5), fees(199, 20, 10), config));
    EXPECT_FALSE(displaces(fees(100, 10, 5), fees(150, 15), config));
    EXPECT_TRUE(displaces(fees(100, 10, 5), fees(200, 20), config));
}

TEST(Replacement, AbsurdFeesNeitherOverflowNorWin) {
    const lifecycle::Config config;
    bus::Wei huge;
    huge.limbs = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
    Fees absurd{.max_fee = huge, .priority_fee = huge, .blob_fee = std::nullopt};
    EXPECT_FALSE(displaces(fees(100, 10), absurd, config));
    EXPECT_EQ(bump_bps(fees(100, 10), absurd), std::numeric_limits<std::uint32_t>::max());
}

TEST(Replacement, BumpIsTheSmallerIncreaseInBasisPoints) {
    struct Case {
        Fees before, after;
        std::uint32_t bps;
    };
    const Case cases[] = {
        {fees(100, 10), fees(110, 20), 1'000},
        {fees(100, 10), fees(200, 11), 1'000},
        {fees(30'000'000'000, 1'000'000'000), fees(33'750'000'000, 1'125'000'000), 1'250},
        {fees(100, 10), fees(90, 20), 0},
        {fees(100, 0), fees(200, 5), 10'000},
    };
    for (const Case& c : cases) EXPECT_EQ(bump_bps(c.before, c.after), c.bps);
    EXPECT_EQ(bump_bps(fees(1ULL << 60, 1ULL << 60), fees(1ULL << 61, 1ULL << 61)), 10'000u);
}

TEST(Replacement, AreSpeedUpCancelOrRewrite) {
    const auto sender = address_of(1);
    const auto base = lifecycle::intent_of(make_tx({.id = 1}));
    EXPECT_EQ(classify(sender, base, base), lifecycle::ReplacementKind::speed_up);
    EXPECT_EQ(classify(sender, base, lifecycle::intent_of(make_tx({.id = 2, .to = 1, .value = 0}))),
              lifecycle::ReplacementKind::cancel);
    EXPECT_EQ(classify(sender, base, lifecycle::intent_of(make_tx({.id = 2, .value = 7}))),
              lifecycle::ReplacementKind::rewrite);
    auto other_call = make_tx({.id = 3});
    other_call.calldata = {1, 2, 3, 4};
    auto same_length = other_call;
    same_length.calldata[3] = 5;
    EXPECT_EQ(classify(sender, lifecycle::intent_of(other_call), lifecycle::intent_of(same_length)),
              lifecycle::ReplacementKind::rewrite);
}

TEST(Lifecycle, TheLoserReturnsWhenItsWinnerVanishesAndItIsSeenAgain) {
    Scene scene;
    scene.see({.id = 1});
    scene.nonce_is(1, 0);
    scene.see({.id = 2, .max_fee = 200, .priority_fee = 20});
    scene.presence(2, bus::Presence::absent);
    scene.pass(scene.config.drop_after);
    EXPECT_THAT(scene.presence(2, bus::Presence::absent),
                ElementsAre("dropped 2 absent_from_pool"));
    EXPECT_THAT(scene.see({.id = 1}), ElementsAre("ready 1 seen_again"));
    EXPECT_THAT(scene.see({.id = 2, .max_fee = 200, .priority_fee = 20}),
                ElementsAre("replaced 1 by 2 speed_up 10000", "ready 2 seen_again"));
}

} // namespace
} // namespace viz::test
