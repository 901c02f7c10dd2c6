#include "runtime/rate_baseline.hpp"

#include <algorithm>
#include <cmath>

namespace viz::runtime {

double RateBaseline::blend(double old_value, double sample, double elapsed_s,
                           double time_constant_s) {
    return sample + (old_value - sample) * std::exp(-elapsed_s / time_constant_s);
}

void RateBaseline::sample(double total, std::int64_t mono_ns) {
    const auto elapsed_ns = mono_ns - interval_began_ns_;
    if (begun_ && elapsed_ns < kIntervalNs) return;
    if (begun_) {
        const auto elapsed_s = static_cast<double>(elapsed_ns) * 1e-9;
        add((total - interval_total_) / elapsed_s, elapsed_s);
    }
    begun_ = true;
    interval_total_ = total;
    interval_began_ns_ = mono_ns;
}

void RateBaseline::add(double rate, double elapsed_s) {
    if (value_) {
        value_ = blend(*value_, std::min(rate, 2 * *value_), elapsed_s, kSeconds);
        return;
    }
    newest_.push_back(rate);
    if (newest_.size() < kFirst) return;
    auto sorted = newest_;
    std::ranges::sort(sorted);
    // A mostly silent period is not a baseline: traffic has not begun.
    if (const auto median = sorted[kFirst / 2]; median > 0) value_ = median;
    newest_.erase(newest_.begin());
}

} // namespace viz::runtime
