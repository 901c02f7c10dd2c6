#include "http/rate_limit.hpp"

#include <gtest/gtest.h>

namespace viz::http {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

eth::MonoNs at(std::int64_t ns) {
    return eth::MonoNs{kSecond * 1000 + ns};
}

TEST(RateLimiter, AllowsAMinutesWorthAtOnceAndThenSaysWhenToComeBack) {
    RateLimiter limiter(1, 60);
    for (int i = 0; i < 60; ++i) EXPECT_EQ(limiter.take(0, at(0)), 0u) << i;
    EXPECT_EQ(limiter.take(0, at(0)), 1u);
    EXPECT_EQ(limiter.take(0, at(kSecond - 1)), 1u);
    EXPECT_EQ(limiter.take(0, at(kSecond)), 0u);
    EXPECT_EQ(limiter.take(0, at(kSecond)), 1u);
}

TEST(RateLimiter, GivesBackEvenlyAndNoMoreThanTheWhole) {
    RateLimiter limiter(1, 6);
    for (int i = 0; i < 6; ++i) limiter.take(0, at(0));
    EXPECT_EQ(limiter.take(0, at(kSecond)), 9u);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(limiter.take(0, at(3600 * kSecond)), 0u);
    EXPECT_EQ(limiter.take(0, at(3600 * kSecond)), 10u);
}

TEST(RateLimiter, KeepsKeysApart) {
    RateLimiter limiter(2, 1);
    EXPECT_EQ(limiter.take(0, at(0)), 0u);
    EXPECT_EQ(limiter.take(0, at(0)), 60u);
    EXPECT_EQ(limiter.take(1, at(0)), 0u);
}

TEST(RateLimiter, IsNotFooledByAClockThatStepsBack) {
    RateLimiter limiter(1, 1);
    EXPECT_EQ(limiter.take(0, at(10 * kSecond)), 0u);
    EXPECT_EQ(limiter.take(0, at(0)), 60u);
}

TEST(RateLimiter, ZeroMeansNoLimit) {
    RateLimiter limiter(1, 0);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(limiter.take(0, at(0)), 0u);
}

} // namespace
} // namespace viz::http
