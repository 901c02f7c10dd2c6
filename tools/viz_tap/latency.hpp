// Latency of messages from hop to hop, from the times in their headers: all producers use the
// monotonic clock of the same machine.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "bus/any_message.hpp"

namespace viz::tap {

struct Percentiles {
    std::size_t count{};
    std::int64_t p50_ns{};
    std::int64_t p90_ns{};
    std::int64_t p99_ns{};
    std::int64_t max_ns{};
};
// Nearest rank; zeros without samples.
Percentiles percentiles(std::vector<std::int64_t> samples);

struct StreamRate {
    std::uint64_t messages{};
    std::uint64_t bytes{};
    std::uint64_t missed{}; // by the tap, not by the service
};

// Measurements of one interval; `take` begins the next.
class RateBook {
  public:
    struct Interval {
        std::map<std::string, StreamRate> streams;
        std::vector<std::pair<std::string, Percentiles>> hops; // in pipeline order
    };

    void note(std::string_view topic, const bus::Header& header, std::size_t bytes,
              std::uint64_t missed, const bus::AnyMessage& message);
    Interval take();

  private:
    enum Hop : std::size_t {
        announced_to_pending,
        pending_to_tx,
        tx_to_feature,
        tx_to_events,
        announced_to_events,
        kHops
    };
    struct Times {
        std::int64_t pending_ns{};
        std::int64_t tx_ns{};
    };

    void add(Hop hop, std::int64_t from_ns, std::int64_t to_ns);
    Times& times_of(const bus::Hash& hash);

    std::map<std::string, StreamRate> streams_;
    std::array<std::vector<std::int64_t>, kHops> samples_;
    std::unordered_map<bus::Hash, Times> times_;
    std::deque<bus::Hash> order_; // oldest first, to limit times_
};

} // namespace viz::tap
