#include "runtime/rate_baseline.hpp"

#include <gtest/gtest.h>

namespace viz::runtime {
namespace {

// A counter sampled once a second.
struct Counted {
    void run(int seconds, double per_second) {
        for (int i = 0; i < seconds; ++i) {
            now_ns += 1'000'000'000;
            total += per_second;
            baseline.sample(total, now_ns);
        }
    }
    RateBaseline baseline;
    double total{};
    std::int64_t now_ns{77};
};

TEST(RateBaseline, IsNotKnownInTheFirstMinute) {
    Counted counted;
    counted.run(50, 20);
    EXPECT_FALSE(counted.baseline.per_second());
    counted.run(10, 20);
    ASSERT_TRUE(counted.baseline.per_second());
    EXPECT_NEAR(*counted.baseline.per_second(), 20, 0.01);
}

TEST(RateBaseline, IsNotTakenInByThePoolReadAtConnect) {
    Counted counted;
    counted.run(20, 10'000);
    counted.run(60, 20);
    EXPECT_NEAR(*counted.baseline.per_second(), 20, 1);
}

TEST(RateBaseline, IsHardlyMovedByALaterBurst) {
    Counted counted;
    counted.run(100, 20);
    counted.run(10, 10'000);
    EXPECT_LT(*counted.baseline.per_second(), 22);
}

TEST(RateBaseline, RemembersWhatWasUsualThroughAnOutage) {
    Counted counted;
    counted.run(100, 20);
    counted.run(120, 0);
    EXPECT_GT(*counted.baseline.per_second(), 12);
    counted.run(3600, 0);
    EXPECT_GT(*counted.baseline.per_second(), 0) << "still something to have collapsed from";
}

TEST(RateBaseline, FollowsWhatStays) {
    Counted counted;
    counted.run(100, 20);
    counted.run(1800, 40);
    EXPECT_NEAR(*counted.baseline.per_second(), 40, 1);
    counted.run(1800, 10);
    EXPECT_NEAR(*counted.baseline.per_second(), 10, 1);
}

TEST(RateBaseline, WaitsForTrafficToBegin) {
    Counted counted;
    counted.run(600, 0);
    EXPECT_FALSE(counted.baseline.per_second());
    counted.run(60, 5);
    EXPECT_LE(counted.baseline.per_second().value(), 5) << "too low rather than too high";
    counted.run(1800, 5);
    EXPECT_NEAR(*counted.baseline.per_second(), 5, 0.1);
}

} // namespace
} // namespace viz::runtime
