// Bundles that wait for a relay.
#include "components/builder/relay_queue.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::test {
namespace {

using builder::Bundle;
using builder::RelayQueue;

constexpr bus::ChainId kChain{1};

builder::SharedBundle bundle(std::uint64_t candidate, std::uint64_t max_block = 101) {
    Bundle out;
    out.chain_id = kChain;
    out.candidate_id = hash_of(candidate);
    out.max_block = bus::BlockNumber{max_block};
    return std::make_shared<const Bundle>(std::move(out));
}

TEST(RelayQueue, GivesTheOldestFirst) {
    RelayQueue queue;
    EXPECT_FALSE(queue.push(bundle(1)));
    EXPECT_FALSE(queue.push(bundle(2)));
    EXPECT_EQ(queue.depth(), 2u);
    EXPECT_EQ((*queue.pop({}))->candidate_id, hash_of(1));
    EXPECT_EQ((*queue.pop({}))->candidate_id, hash_of(2));
}

TEST(RelayQueue, WhenFullTheOldestGivesWay) {
    RelayQueue queue;
    for (std::uint64_t n = 0; n < RelayQueue::kMost; ++n) EXPECT_FALSE(queue.push(bundle(n)));
    EXPECT_TRUE(queue.push(bundle(9999)));
    EXPECT_EQ(queue.depth(), RelayQueue::kMost);
    EXPECT_EQ((*queue.pop({}))->candidate_id, hash_of(1));
}

TEST(RelayQueue, WhatIsOverOrWithdrawnLeaves) {
    RelayQueue queue;
    queue.push(bundle(1, 101));
    queue.push(bundle(2, 102));
    queue.push(bundle(3, 102));
    EXPECT_EQ(queue.expire(bus::ChainId{2}, bus::BlockNumber{500}), 0u) << "of another chain";
    EXPECT_EQ(queue.expire(kChain, bus::BlockNumber{100}), 0u);
    EXPECT_EQ(queue.expire(kChain, bus::BlockNumber{101}), 1u);
    EXPECT_EQ(queue.withdraw(hash_of(2)), 1u);
    EXPECT_EQ(queue.withdraw(hash_of(2)), 0u);
    EXPECT_EQ((*queue.pop({}))->candidate_id, hash_of(3));
}

TEST(RelayQueue, StopEndsTheWaitForWork) {
    RelayQueue queue;
    bool ended = false;
    {
        const std::jthread waiter(
            [&](const std::stop_token& stop) { ended = !queue.pop(stop).has_value(); });
    }
    EXPECT_TRUE(ended);
}

TEST(RelayQueue, AWaitBetweenAttemptsEndsWithTheBundlesTime) {
    RelayQueue queue;
    const auto waiting = bundle(1, 101);
    EXPECT_TRUE(queue.wait({}, std::chrono::milliseconds(1), *waiting)) << "it goes on";
    std::optional<bool> goes_on;
    std::jthread waiter([&](const std::stop_token& stop) {
        goes_on = queue.wait(stop, std::chrono::hours(1), *waiting);
    });
    queue.expire(kChain, bus::BlockNumber{101});
    waiter.join();
    EXPECT_EQ(goes_on, false);
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_FALSE(queue.wait(stopped.get_token(), std::chrono::hours(1), *bundle(2, 200)));
}

} // namespace
} // namespace viz::test
