// Monitors the process, sampling once per second: rates, lags and depths for /metrics/snapshot and
// /metrics, component states for /health, progress of the loops for the watchdog. Every figure
// comes from counters that the stages maintain.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bus/clock.hpp"
#include "bus/metrics.hpp"
#include "bus/socket.hpp"
#include "http/figures.hpp"
#include "http/health.hpp"
#include "runtime/rate_baseline.hpp"
#include "runtime/supervisor.hpp"

namespace viz::runtime {

// Inputs of the monitor that are not metrics.
struct StateMemory { // of one chain's newest blocks, see state::ChainView
    std::uint64_t chain_id{};
    std::size_t state_bytes{};
    std::size_t code_bytes{};
    std::size_t block_bytes{};
    std::uint64_t blocks_gone{};
    std::uint64_t evicted{};
};
struct MonitorInputs {
    std::function<std::vector<bus::EndpointStatus>()> endpoints;
    std::function<std::vector<ComponentReport>()> components;
    std::function<std::string()> storage_trouble; // empty: storage can write
    // Problems of the record by kind; an empty text when there is none now. May be absent.
    std::function<std::map<std::string, std::string>()> record_problems;
    std::function<std::vector<StateMemory>()> state_memory; // may be absent
    std::function<std::uint64_t()> replay_lag_events;
    std::string ingest_mode;
    std::string version;
    std::map<std::string, std::string> component_endpoints; // shown in /health
};

class Monitor final : public http::FigureSource, public http::HealthSource {
  public:
    Monitor(bus::Metrics& metrics, bus::Bus& bus, const bus::Clock& clock, MonitorInputs inputs);

    void sample();
    void set_ready(bool ready);

    http::Figures figures() override;
    http::Health health() override;

    // A human-readable line, as of the last sample: the problems, then "1 of 2 chains live, 12
    // tx/s, lag 2.1 ms, 345 decoded".
    std::string status_line() const;

    // The components whose loop has not turned for `limit_ns`. The watchdog is fed only while there
    // are none.
    std::vector<std::string> stuck(std::int64_t limit_ns) const;

  private:
    struct Totals {
        std::int64_t at_ns{};
        double decoded{};
        double lag_sum{};
        double lag_count{};
        double commit_sum{};
        double commit_count{};
    };
    Totals read_totals() const;
    void update_rates(const Totals& now);
    void read_totals_and_depths(const std::vector<bus::EndpointStatus>& endpoints);
    void export_gauges();
    void export_state_memory();
    void export_process();
    void update_problems(const std::vector<bus::EndpointStatus>& endpoints);
    std::string blindness(); // of search, as a reason; empty: it sees
    void update_problem(const std::string& kind, std::string reason);

    bus::Metrics& metrics_;
    bus::Bus& bus_;
    const bus::Clock& clock_;
    MonitorInputs inputs_;
    const std::int64_t started_ns_;

    bus::Counter& decoded_;
    bus::Counter& failed_;
    bus::Counter& cpu_seconds_;
    bus::Histogram& visible_;
    bus::Histogram& commit_;
    bus::Counter& disconnects_;
    bus::Gauge& blind_heads_; // search sets it

    mutable std::mutex mutex_;
    http::Figures figures_;
    Totals last_;
    RateBaseline baseline_;
    std::size_t chains_{};
    std::size_t chains_live_{};
    std::map<std::string, http::HealthProblem> problems_; // by kind; the wording may change
    std::optional<std::int64_t> blind_since_ns_;
    bool ready_{false};
};

} // namespace viz::runtime
