#include "components/ingest/time_source.hpp"

#include <gtest/gtest.h>

namespace viz::ingest {
namespace {

constexpr std::int64_t kBlockS = 1'700'000'000;

std::int64_t skew_at(std::int64_t after_timestamp_ms) {
    return provable_clock_skew_ms(kBlockS, eth::UnixMs{kBlockS * 1000 + after_timestamp_ms});
}

TEST(ClockSkew, OfAHealthyChainIsNone) {
    for (const std::int64_t after : {0, 1, 500, 4'000, 12'000, 3'600'000})
        EXPECT_EQ(skew_at(after), 0) << after;
}

TEST(ClockSkew, IsProvenByABlockThatArrivesBeforeItsTimestamp) {
    EXPECT_EQ(skew_at(-1), 1);
    EXPECT_EQ(skew_at(-400), 400);
}

TEST(ClockSkew, IsNotTakenFromATimestampThatIsNone) {
    const eth::UnixMs now{kBlockS * 1000};
    for (const std::int64_t odd : {std::int64_t{0}, std::int64_t{-5}, INT64_MAX, INT64_MIN})
        EXPECT_EQ(provable_clock_skew_ms(odd, now), 0) << odd;
}

} // namespace
} // namespace viz::ingest
