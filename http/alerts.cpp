#include "http/alerts.hpp"

namespace viz::http {

Alerts evaluate_alerts(const Figures& f) {
    // tx_decode_total counts successes; integers keep the boundaries exact.
    const auto attempts = f.tx_decode_total + f.tx_decode_fail_total;
    return Alerts{
        .peer_churn = f.peer_disconnects_total >= 25,
        .ingest_lag = f.ingest_lag_ms > 500.0,
        .decode_failure = f.tx_decode_fail_total * 100 > attempts,
        .coverage_collapse =
            f.tx_per_sec_baseline > 0.0 && f.tx_per_sec_current <= 0.6 * f.tx_per_sec_baseline,
        .storage_latency = f.storage_write_latency_ms > 250.0,
        .clock_skew = f.clock_skew_ms > 150.0,
        .queue_saturation =
            f.queue_depth_capacity > 0 && f.queue_depth_current * 10 >= f.queue_depth_capacity * 9,
        .search_blind = f.search_blind_heads >= 3,
    };
}

} // namespace viz::http
