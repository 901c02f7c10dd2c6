// The alert rules of /alerts/evaluate: thresholds over measured figures. Pure.
#pragma once

#include "http/figures.hpp"

namespace viz::http {

struct Alerts {
    bool peer_churn{};        // 25 disconnects and more
    bool ingest_lag{};        // above 500 ms
    bool decode_failure{};    // above 1 % of what was decoded or failed
    bool coverage_collapse{}; // rate 40 % and more below its baseline
    bool storage_latency{};   // above 250 ms
    bool clock_skew{};        // our clock is provably more than 150 ms behind
    bool queue_saturation{};  // 90 % full and more
    bool search_blind{};      // nothing observed of what is wanted on three heads and more

    friend bool operator==(const Alerts&, const Alerts&) = default;
};

Alerts evaluate_alerts(const Figures& figures);

} // namespace viz::http
