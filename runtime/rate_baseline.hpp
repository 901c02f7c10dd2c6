// What rate of transactions is usual, to tell by how much the present one has collapsed. A burst (a
// node's whole pool read at connect) must not become what is usual, and an outage must not either
// until it has lasted long. Pure: time comes in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace viz::runtime {

class RateBaseline {
  public:
    // Rates are taken over intervals of this length. The first known baseline is the median of
    // the newest kFirst of them, so that nearly half may be burst; from then on it follows with a
    // time constant of kSeconds, and no interval counts for more than twice the baseline.
    static constexpr std::int64_t kIntervalNs = 10'000'000'000;
    static constexpr std::size_t kFirst = 5;
    static constexpr double kSeconds = 300;

    // `total`: of a counter that only grows.
    void sample(double total, std::int64_t mono_ns);

    // Nothing before there has been enough traffic to say.
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
