#include "http/alerts.hpp"

#include <gtest/gtest.h>

namespace viz::http {
namespace {

TEST(Alerts, AreQuietForAProcessThatHasJustBegun) {
    EXPECT_EQ(evaluate_alerts({}), Alerts{});
}

TEST(Alerts, PeerChurnFrom25Disconnects) {
    EXPECT_FALSE(evaluate_alerts({.peer_disconnects_total = 24}).peer_churn);
    EXPECT_TRUE(evaluate_alerts({.peer_disconnects_total = 25}).peer_churn);
}

TEST(Alerts, IngestLagAbove500Ms) {
    EXPECT_FALSE(evaluate_alerts({.ingest_lag_ms = 500}).ingest_lag);
    EXPECT_TRUE(evaluate_alerts({.ingest_lag_ms = 500.1}).ingest_lag);
}

TEST(Alerts, DecodeFailureAboveOnePercentOfAttempts) {
    EXPECT_FALSE(
        evaluate_alerts({.tx_decode_fail_total = 1, .tx_decode_total = 99}).decode_failure);
    EXPECT_TRUE(evaluate_alerts({.tx_decode_fail_total = 1, .tx_decode_total = 98}).decode_failure);
    EXPECT_TRUE(evaluate_alerts({.tx_decode_fail_total = 1}).decode_failure);
}

TEST(Alerts, CoverageCollapseFromAFortyPercentDrop) {
    EXPECT_FALSE(
        evaluate_alerts({.tx_per_sec_current = 61, .tx_per_sec_baseline = 100}).coverage_collapse);
    EXPECT_TRUE(
        evaluate_alerts({.tx_per_sec_current = 60, .tx_per_sec_baseline = 100}).coverage_collapse);
    EXPECT_FALSE(
        evaluate_alerts({.tx_per_sec_current = 0, .tx_per_sec_baseline = 0}).coverage_collapse)
        << "nothing to compare with";
}

TEST(Alerts, StorageLatencyAbove250Ms) {
    EXPECT_FALSE(evaluate_alerts({.storage_write_latency_ms = 250}).storage_latency);
    EXPECT_TRUE(evaluate_alerts({.storage_write_latency_ms = 250.1}).storage_latency);
}

TEST(Alerts, ClockSkewAbove150Ms) {
    EXPECT_FALSE(evaluate_alerts({.clock_skew_ms = 150}).clock_skew);
    EXPECT_TRUE(evaluate_alerts({.clock_skew_ms = 151}).clock_skew);
}

TEST(Alerts, QueueSaturationFrom90Percent) {
    const auto at = [](std::uint64_t depth) {
        return evaluate_alerts({.queue_depth_current = depth, .queue_depth_capacity = 1000})
            .queue_saturation;
    };
    EXPECT_FALSE(at(899));
    EXPECT_TRUE(at(900));
    EXPECT_FALSE(evaluate_alerts({}).queue_saturation) << "no queue";
}

TEST(Alerts, SearchBlindFromThreeHeads) {
    EXPECT_FALSE(evaluate_alerts({.search_blind_heads = 2}).search_blind);
    EXPECT_TRUE(evaluate_alerts({.search_blind_heads = 3}).search_blind);
}

} // namespace
} // namespace viz::http
