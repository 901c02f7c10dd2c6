// Measurements of the process, for /metrics/snapshot and /alerts/evaluate. The runtime implements
// the source; every figure is measured, none is a constant.
#pragma once

#include <cstdint>

namespace viz::http {

struct Figures {
    std::uint64_t peer_disconnects_total{};
    double ingest_lag_ms{}; // from the node's announcement to decoded, in the last interval
    std::uint64_t tx_decode_fail_total{};
    std::uint64_t tx_decode_total{};
    double tx_per_sec_current{};
    double tx_per_sec_baseline{};
    double storage_write_latency_ms{};
    // Provable lag of the local clock, of the endpoint that shows the largest: a block that arrives
    // before its own timestamp proves it, one that arrives later proves nothing. >= 0.
    double clock_skew_ms{};
    std::uint64_t queue_depth_current{};
    std::uint64_t queue_depth_capacity{};
    std::uint64_t search_blind_heads{}; // of a search in this process; else 0
};

class FigureSource {
  public:
    virtual ~FigureSource() = default;
    // Thread-safe.
    virtual Figures figures() = 0;
};

} // namespace viz::http
