// The usual transaction rate, for measuring how far the current rate has collapsed. Neither a burst
// (a node's whole pool read at connect) nor a short outage may become the baseline; a long outage
// does. Pure: the caller passes the time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace viz::runtime {

class RateBaseline {
  public:
    // Rates are measured over intervals of this length. The first baseline is the median of the
    // newest kFirst intervals, so that nearly half may be bursts; from then on it follows with a
    // time constant of kSeconds, and no interval counts for more than twice the baseline.
    static constexpr std::int64_t kIntervalNs = 10'000'000'000;
    static constexpr std::size_t kFirst = 5;
    static constexpr double kSeconds = 300;

    // `total`: the value of a monotonic counter.
    void sample(double total, std::int64_t mono_ns);

    // std::nullopt until there has been enough traffic.
    std::optional<double> per_second() const { return value_; }

    // Exponential smoothing over `elapsed_s` of the newest sample.
    static double blend(double old_value, double sample, double elapsed_s, double time_constant_s);

  private:
    void add(double rate, double elapsed_s);

    std::optional<double> value_;
    std::vector<double> newest_; // at most kFirst, until there is a value
    bool begun_{false};
    double interval_total_{};
    std::int64_t interval_began_ns_{};
};

} // namespace viz::runtime
