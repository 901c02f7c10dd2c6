// Tracks how long the node has reported a transaction as absent, and when to query again. Absence
// is advisory: one "pending" answer resets it, a missing answer has no effect, and only absent
// answers that span `drop_after` without a contradiction lead to a drop.
#pragma once

#include <chrono>
#include <optional>

#include "components/eth/types.hpp"
#include "components/lifecycle/config.hpp"

namespace viz::lifecycle {

class AbsenceTracker {
  public:
    // Announced, or reported as pending: the next query is after absence_check_after, then after
    // twice that, up to max_check_interval. Returns the time of the next query.
    eth::MonoNs announced(eth::MonoNs now, const Config& config);
    eth::MonoNs found(eth::MonoNs now, const Config& config);

    struct Verdict {
        bool drop{};
        std::optional<eth::MonoNs> next_check; // empty: no further query
    };
    // Reported as absent. After the drop a few more queries follow at growing intervals, in case
    // the transaction returns.
    Verdict denied(eth::MonoNs now, const Config& config);

  private:
    static constexpr unsigned kChecksAfterDrop = 4;

    std::optional<eth::MonoNs> absent_since_;
    std::chrono::milliseconds interval_{0};
    unsigned checks_after_drop_{};
};

} // namespace viz::lifecycle
