#include "components/lifecycle/absence_tracker.hpp"

#include <algorithm>

#include "components/lifecycle/pending_queries.hpp"

namespace viz::lifecycle {

eth::MonoNs AbsenceTracker::announced(eth::MonoNs now, const Config& config) {
    absent_since_.reset();
    checks_after_drop_ = 0;
    interval_ = config.absence_check_after;
    return later(now, interval_);
}

eth::MonoNs AbsenceTracker::found(eth::MonoNs now, const Config& config) {
    absent_since_.reset();
    checks_after_drop_ = 0;
    interval_ = std::clamp(interval_ * 2, config.absence_check_after,
                           std::max(config.absence_check_after, config.max_check_interval));
    return later(now, interval_);
}

AbsenceTracker::Verdict AbsenceTracker::denied(eth::MonoNs now, const Config& config) {
    // Four queries within the span are likely to detect a short absence at a single backend.
    const auto step = std::max(config.drop_after / 4, std::chrono::milliseconds{1});
    if (!absent_since_) {
        absent_since_ = now;
        return {.drop = false, .next_check = later(now, step)};
    }
    const auto gone = later(*absent_since_, config.drop_after);
    if (now < gone) return {.drop = false, .next_check = std::min(later(now, step), gone)};
    Verdict verdict{.drop = true, .next_check = std::nullopt};
    if (checks_after_drop_ < kChecksAfterDrop) {
        verdict.next_check = later(now, config.drop_after * (1U << checks_after_drop_));
        ++checks_after_drop_;
    }
    return verdict;
}

} // namespace viz::lifecycle
