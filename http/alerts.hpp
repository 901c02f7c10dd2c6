// The alert rules of /alerts/evaluate: thresholds over measured figures. Pure.
#pragma once

#include "http/figures.hpp"

namespace viz::http {

struct Alerts {
    bool peer_churn{};        // 25 or more disconnects
    bool ingest_lag{};        // above 500 ms
    bool decode_failure{};    // above 1 % of all attempts
    bool coverage_collapse{}; // rate at least 40 % below its baseline
    bool storage_latency{};   // above 250 ms
    bool clock_skew{};        // the local clock is provably more than 150 ms behind
    bool queue_saturation{};  // at least 90 % full
    bool search_blind{};      // no wanted call was observed on at least three heads in a row

    friend bool operator==(const Alerts&, const Alerts&) = default;
};

Alerts evaluate_alerts(const Figures& figures);

} // namespace viz::http
