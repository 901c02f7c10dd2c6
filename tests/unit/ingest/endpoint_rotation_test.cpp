#include <gtest/gtest.h>

#include "components/ingest/endpoint_rotation.hpp"
#include "components/ingest/fault_window.hpp"
#include "components/ingest/log_limit.hpp"

namespace viz::ingest {
namespace {

using bus::EndpointState;
using std::chrono::milliseconds;

Mono ms(std::int64_t n) {
    return milliseconds{n};
}

EndpointRotation rotation_of(std::uint32_t endpoints) {
    return EndpointRotation(
        {.endpoint_count = endpoints,
         .silence = milliseconds{1000},
         .backoff = milliseconds{100},
         .backoff_max = milliseconds{1000},
         .healthy_after = milliseconds{5000}},
        [] { return std::uint64_t{0}; }, ms(0));
}

TEST(EndpointRotation, GoesThroughItsStates) {
    auto rotation = rotation_of(2);
    EXPECT_EQ(rotation.state(), EndpointState::booting);
    rotation.connecting();
    EXPECT_EQ(rotation.state(), EndpointState::connecting);
    rotation.subscribed(ms(10));
    EXPECT_EQ(rotation.state(), EndpointState::subscribed);
    rotation.failed(LinkError::closed_by_peer, ms(20));
    EXPECT_EQ(rotation.state(), EndpointState::disconnected);
    EXPECT_EQ(rotation.last_error(), "closed_by_peer");
    rotation.rotate();
    EXPECT_EQ(rotation.state(), EndpointState::rotating);
    EXPECT_EQ(rotation.index(), 1u);
    EXPECT_EQ(rotation.rotations(), 1u);
    rotation.connecting();
    rotation.failed(LinkError::connect_failed, ms(30));
    EXPECT_EQ(rotation.state(), EndpointState::error);
    rotation.rotate();
    EXPECT_EQ(rotation.index(), 0u);
    EXPECT_EQ(rotation.disconnects(), 1u);
}

TEST(EndpointRotation, ASubscriptionClearsTheLastError) {
    auto rotation = rotation_of(1);
    rotation.failed(LinkError::timed_out, ms(0));
    rotation.subscribed(ms(10));
    EXPECT_EQ(rotation.last_error(), "");
}

TEST(EndpointRotation, ASingleEndpointIsKept) {
    auto rotation = rotation_of(1);
    rotation.failed(LinkError::silent, ms(0));
    EXPECT_EQ(rotation.state(), EndpointState::silent_timeout);
    rotation.rotate();
    EXPECT_EQ(rotation.index(), 0u);
    EXPECT_EQ(rotation.rotations(), 0u);
    EXPECT_EQ(rotation.state(), EndpointState::silent_timeout);
}

TEST(EndpointRotation, EveryEndpointGetsItsTurnBeforeTheDelayGrows) {
    auto rotation = rotation_of(2);
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 10; ++i)
        waits.push_back(rotation.failed(LinkError::connect_failed, ms(i)).count());
    EXPECT_EQ(waits,
              (std::vector<std::int64_t>{100, 100, 200, 200, 400, 400, 800, 800, 1000, 1000}));
}

TEST(EndpointRotation, OnlyAHealthySessionResetsTheDelay) {
    auto rotation = rotation_of(1);
    for (int i = 0; i < 3; ++i) rotation.failed(LinkError::connect_failed, ms(i));
    rotation.subscribed(ms(10));
    EXPECT_EQ(rotation.failed(LinkError::closed_by_peer, ms(20)).count(), 800); // short-lived
    rotation.subscribed(ms(100));
    EXPECT_EQ(rotation.failed(LinkError::closed_by_peer, ms(5100)).count(), 100);
}

TEST(EndpointRotation, SilenceIsNoMessageOfAnyKindWhileSubscribed) {
    auto rotation = rotation_of(1);
    EXPECT_FALSE(rotation.silent(ms(100'000)));
    rotation.subscribed(ms(0));
    EXPECT_FALSE(rotation.silent(ms(999)));
    rotation.heard(ms(900));
    EXPECT_FALSE(rotation.silent(ms(1899)));
    EXPECT_TRUE(rotation.silent(ms(1900)));
}

TEST(EndpointRotation, CountsTheTimeWithoutASubscription) {
    auto rotation = rotation_of(1);
    EXPECT_EQ(rotation.blind(ms(30)).count(), 30);
    rotation.subscribed(ms(50));
    EXPECT_EQ(rotation.last_outage().count(), 50);
    EXPECT_EQ(rotation.blind(ms(500)).count(), 50);
    rotation.failed(LinkError::closed_by_peer, ms(600));
    EXPECT_EQ(rotation.blind(ms(700)).count(), 150);
    rotation.subscribed(ms(800));
    EXPECT_EQ(rotation.last_outage().count(), 200);
    EXPECT_EQ(rotation.blind(ms(900)).count(), 250);
}

TEST(FaultWindow, OnlyFaultsCloseTogetherAreTooMany) {
    FaultWindow faults(3, milliseconds{100});
    EXPECT_FALSE(faults.add(ms(0)));
    EXPECT_FALSE(faults.add(ms(90)));
    EXPECT_FALSE(faults.add(ms(150)));
    EXPECT_TRUE(faults.add(ms(160)));
}

TEST(LogLimit, LetsOneLinePerSecondThroughAndCountsTheRest) {
    LogLimit limit;
    EXPECT_EQ(limit.allow(ms(0)), 0u);
    EXPECT_FALSE(limit.allow(ms(1)));
    EXPECT_FALSE(limit.allow(ms(999)));
    EXPECT_EQ(limit.allow(ms(1000)), 2u);
}

} // namespace
} // namespace viz::ingest
