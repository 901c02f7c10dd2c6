#include "http/poller.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace viz::http {
namespace {

// What others do while the poller is just taking in a wake-up is seen without waiting for the next.
TEST(Poller, LosesNoWakeUpHoweverItFallsTogetherWithAnother) {
    constexpr int kWakeUps = 300'000;
    constexpr std::chrono::seconds kLimit{5};
    Poller poller;
    std::atomic<int> made{0};
    std::jthread waker([&] {
        for (int i = 0; i < kWakeUps; ++i) {
            ++made;
            poller.wake();
        }
    });
    while (made < kWakeUps) {
        const auto start = std::chrono::steady_clock::now();
        poller.wait(kLimit);
        const auto seen = made.load();
        if (std::chrono::steady_clock::now() - start >= kLimit)
            FAIL() << "asleep after " << seen << " of " << kWakeUps;
    }
    waker.join();
    poller.wake();
    const auto start = std::chrono::steady_clock::now();
    poller.wait(kLimit);
    poller.wake();
    poller.wait(kLimit);
    EXPECT_LT(std::chrono::steady_clock::now() - start, kLimit);
}

TEST(Poller, AWakeUpBeforeTheWaitIsNotForgotten) {
    Poller poller;
    poller.wake();
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(poller.wait(std::chrono::seconds(20)).empty());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

} // namespace
} // namespace viz::http
