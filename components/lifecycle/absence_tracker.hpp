// How long the node has denied a transaction, and when to ask again. Absence is advisory: one
// "pending" takes everything back, silence of the node counts for nothing, and only denials that
// span `drop_after` without a contradiction lead to a drop.
#pragma once

#include <chrono>
#include <optional>

#include "components/eth/types.hpp"
#include "components/lifecycle/config.hpp"

namespace viz::lifecycle {

class AbsenceTracker {
  public:
    // Announced, or found pending: asked again after absence_check_after, then after twice that,
    // up to max_check_interval. Returns the time of the next question.
    eth::MonoNs announced(eth::MonoNs now, const Config& config);
    eth::MonoNs found(eth::MonoNs now, const Config& config);

    struct Verdict {
        bool drop{};
        std::optional<eth::MonoNs> next_check; // nothing: ask no more
    };
    // Denied. After the drop a few more questions follow at growing distances, in case it returns.
    Verdict denied(eth::MonoNs now, const Config& config);

  private:
    static constexpr unsigned kChecksAfterDrop = 4;

    std::optional<eth::MonoNs> absent_since_;
    std::chrono::milliseconds interval_{0};
    unsigned checks_after_drop_{};
};

} // namespace viz::lifecycle
