// How often our executions were the chain's.
#pragma once

#include <deque>
#include <optional>

#include "bus/opportunity_record.hpp"

namespace viz::http {

class ParityBoard {
  public:
    static constexpr std::size_t kWindow = 1'000; // of the newest that could be checked
    static constexpr std::size_t kMisses = 100;

    // Where the record left off.
    void begin_with(const bus::ParityHistory& past);

    // Any event or record; only parity's change something.
    void apply(const bus::Envelope& event);

    const bus::ParityTotals& totals() const { return totals_; }
    // How many of the window matched, in 1/10000; nothing while none has been checked.
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
