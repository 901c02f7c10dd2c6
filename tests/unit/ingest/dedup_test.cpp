#include <gtest/gtest.h>

#include "components/ingest/dedup.hpp"
#include "tests/support/values.hpp"

namespace viz::ingest {
namespace {

using test::hash_of;

Instant at(std::int64_t ms) {
    return {eth::UnixMs{1'000'000 + ms}, eth::MonoNs{ms * 1'000'000}};
}

TEST(SeenSet, DistinguishesFirstEverFromFirstOfASource) {
    SeenSet seen(10);
    EXPECT_TRUE(seen.observe(hash_of(1), 0, at(1)).first_ever);
    const auto other = seen.observe(hash_of(1), 1, at(5));
    EXPECT_FALSE(other.first_ever);
    EXPECT_TRUE(other.first_from_source);
    EXPECT_FALSE(seen.observe(hash_of(1), 1, at(6)).first_from_source);
}

TEST(SeenSet, KeepsTheEarliestTime) {
    SeenSet seen(10);
    seen.observe(hash_of(1), 0, at(1), true);
    const auto later = seen.observe(hash_of(1), 1, at(5));
    EXPECT_EQ(later.first_wall, at(1).wall);
    EXPECT_EQ(later.first_mono, at(1).mono);
    EXPECT_TRUE(later.first_backfilled);
}

TEST(SeenSet, ForgetsTheOldestFirstAndStaysBounded) {
    SeenSet seen(3);
    for (std::uint64_t n = 1; n <= 100; ++n) seen.observe(hash_of(n), 0, at(1));
    EXPECT_EQ(seen.size(), 3u);
    EXPECT_FALSE(seen.observe(hash_of(98), 0, at(2)).first_ever);
    EXPECT_TRUE(seen.observe(hash_of(97), 0, at(2)).first_ever);
}

TEST(SeenSet, RepeatsDoNotMakeAHashYounger) {
    SeenSet seen(2);
    seen.observe(hash_of(1), 0, at(1));
    seen.observe(hash_of(2), 0, at(1));
    seen.observe(hash_of(1), 0, at(1));
    seen.observe(hash_of(3), 0, at(1));
    EXPECT_TRUE(seen.observe(hash_of(1), 0, at(1)).first_ever);
}

TEST(SeenSet, ABodyIsMissingUntilWantedOrDelivered) {
    SeenSet seen(10);
    EXPECT_TRUE(seen.observe(hash_of(1), 0, at(1)).body_missing);
    seen.body_wanted(hash_of(1));
    const auto while_fetched = seen.observe(hash_of(1), 0, at(2));
    EXPECT_FALSE(while_fetched.body_missing);
    EXPECT_FALSE(while_fetched.body_delivered);
    EXPECT_TRUE(seen.body_delivered(hash_of(1)));
    EXPECT_FALSE(seen.body_delivered(hash_of(1)));
    EXPECT_TRUE(seen.observe(hash_of(1), 0, at(3)).body_delivered);
}

TEST(SeenSet, ALostBodyMayComeAgainWithoutASecondFirstSighting) {
    SeenSet seen(10);
    seen.observe(hash_of(1), 0, at(1));
    seen.body_wanted(hash_of(1));
    seen.body_lost(hash_of(1));
    const auto again = seen.observe(hash_of(1), 0, at(2));
    EXPECT_TRUE(again.body_missing);
    EXPECT_FALSE(again.first_from_source);
    EXPECT_EQ(again.first_wall, at(1).wall);
}

TEST(SeenSet, WhatTheRecordKnowsIsNoNews) {
    SeenSet seen(10);
    seen.seed(hash_of(1), 0b01, eth::UnixMs{7});
    const auto sighting = seen.observe(hash_of(1), 0, at(1));
    EXPECT_FALSE(sighting.first_ever);
    EXPECT_FALSE(sighting.first_from_source);
    EXPECT_TRUE(sighting.body_delivered);
    EXPECT_TRUE(seen.observe(hash_of(1), 1, at(1)).first_from_source);
}

} // namespace
} // namespace viz::ingest
