#include <gmock/gmock.h>

#include "tests/unit/lifecycle/scene.hpp"

namespace viz::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Limits, TooManyOfOneSenderGivesUpTheHighestNonce) {
    lifecycle::Config config;
    config.max_per_sender = 2;
    Scene scene{config};
    scene.see({.id = 1, .nonce = 0});
    scene.nonce_is(1, 0);
    scene.see({.id = 3, .nonce = 2});
    EXPECT_THAT(scene.see({.id = 2, .nonce = 1}),
                ElementsAre("ready 2 next_nonce", "ready 3 gap_filled", "dropped 3 sender_limit"));
    EXPECT_THAT(scene.see({.id = 4, .nonce = 9}),
                ElementsAre("blocked 4 expects 2", "dropped 4 sender_limit"));
    EXPECT_EQ(scene.pool.counters().evicted_sender_limit, 2u);
    EXPECT_EQ(scene.pool.size(), 2u);
}

TEST(Limits, WhatHasLostItsPlaceGoesFirstAndSilently) {
    lifecycle::Config config;
    config.max_per_sender = 2;
    Scene scene{config};
    scene.see({.id = 1, .nonce = 0});
    scene.nonce_is(1, 0);
    scene.see({.id = 2, .nonce = 0, .max_fee = 200, .priority_fee = 20});
    EXPECT_THAT(scene.see({.id = 3, .nonce = 1}), ElementsAre("ready 3 next_nonce"));
    EXPECT_EQ(scene.status(1), "unknown");
    EXPECT_EQ(scene.pool.counters().forgotten_losers, 1u);
}

TEST(Limits, TheTotalGivesUpBlockedBeforeReady) {
    lifecycle::Config config;
    config.max_transactions = 3;
    Scene scene{config};
    for (std::uint64_t sender = 1; sender <= 3; ++sender) {
        scene.see({.id = sender, .sender = sender, .nonce = sender == 2 ? 5U : 0U});
        scene.nonce_is(sender, 0);
    }
    EXPECT_EQ(scene.status(2), "blocked");
    EXPECT_THAT(scene.see({.id = 4, .sender = 4}), ElementsAre("dropped 2 pool_limit"));
    EXPECT_THAT(scene.see({.id = 5, .sender = 5}), ElementsAre("dropped 4 pool_limit"));
    EXPECT_EQ(scene.pool.counters().evicted_pool_limit, 2u);
    EXPECT_EQ(scene.pool.size(), 3u);
}

TEST(Limits, AFloodStaysWithinBounds) {
    lifecycle::Config config;
    config.max_transactions = 100;
    config.max_per_sender = 4;
    config.max_outstanding = 10;
    Scene scene{config};
    for (std::uint64_t n = 1; n <= 5'000; ++n)
        scene.see({.id = n, .sender = n % 700, .nonce = n % 9});
    EXPECT_LE(scene.pool.size(), 100u);
    EXPECT_EQ(scene.asked_nonces().size(), 10u);
    const auto& counters = scene.pool.counters();
    EXPECT_EQ(scene.pool.size() + counters.evicted_pool_limit + counters.evicted_sender_limit +
                  counters.forgotten_losers,
              5'000u);
}

TEST(Limits, AConfigurationThatCannotWorkIsRefusedWithAReason) {
    lifecycle::Config config;
    EXPECT_FALSE(check(config));
    config.finality_depth = 129;
    EXPECT_EQ(check(config), lifecycle::ConfigError::finality_exceeds_window);
    config = {};
    config.max_per_sender = 0;
    EXPECT_EQ(check(config), lifecycle::ConfigError::zero_limit);
    config = {};
    config.retry_first = std::chrono::milliseconds(0);
    EXPECT_EQ(check(config), lifecycle::ConfigError::zero_interval);
}

} // namespace
} // namespace viz::test
