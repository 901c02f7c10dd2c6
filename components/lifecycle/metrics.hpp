// Exports a pool's counters as metrics.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bus/metrics.hpp"
#include "components/lifecycle/pool.hpp"

namespace viz::lifecycle {

class PoolMetrics {
  public:
    PoolMetrics(bus::Metrics& metrics, bus::ChainId chain_id);
    // Cheap; call periodically.
    void update(const Counters& counters);

  private:
    struct Running {
        bus::Counter* counter;
        std::uint64_t Counters::*source;
        std::uint64_t exported{};
    };
    std::array<bus::Gauge*, kStatusCount> transactions_{};
    bus::Gauge& senders_;
    bus::Gauge& reorg_depth_;
    std::vector<Running> running_;
};

} // namespace viz::lifecycle
