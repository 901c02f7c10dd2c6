// How often simulations matched the chain's result.
#pragma once

#include <deque>
#include <optional>

#include "bus/opportunity_record.hpp"

namespace viz::http {

class ParityBoard {
  public:
    static constexpr std::size_t kWindow = 1'000; // of the newest checked results
    static constexpr std::size_t kMisses = 100;

    // Initial counts from the record.
    void begin_with(const bus::ParityHistory& past);

    // Any event or record; only SimParity changes the counts.
    void apply(const bus::Envelope& event);

    const bus::ParityTotals& totals() const { return totals_; }
    // Matches in the window, in 1/10000; std::nullopt until one has been checked.
    std::optional<std::uint64_t> rolling_match_bps() const;
    std::size_t rolling_window() const { return window_.size(); }
    // The newest misses, oldest first.
    const std::deque<bus::ParityRecord>& misses() const { return misses_; }

  private:
    void add_checked(bool matched);
    void add_miss(bus::ParityRecord miss);

    bus::ParityTotals totals_;
    std::deque<bool> window_;
    std::size_t matches_{}; // in the window
    std::deque<bus::ParityRecord> misses_;
};

} // namespace viz::http
