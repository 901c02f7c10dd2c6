// What passes through a stream, counted: one object per stream and process, shared by all its
// sockets. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "bus/metrics.hpp"
#include "bus/topology.hpp"

namespace viz::bus {

class StreamStats {
  public:
    StreamStats(Metrics& metrics, const StreamSpec& spec);

    void sent() {
        sent_.fetch_add(1, std::memory_order_relaxed);
        messages_.Increment();
    }
    void received() { received_.fetch_add(1, std::memory_order_relaxed); }
    void dropped() { drops_.Increment(); }
    // Wrong schema version, wrong number of frames, bytes the verifier refuses.
    void refused() { refused_.Increment(); }

    // Messages sent and not yet received. Exact for PUSH/PULL streams within one process, which
    // is where queue bounds are enforced by it; meaningless for PUB/SUB.
    std::int64_t depth() const {
        return static_cast<std::int64_t>(sent_.load(std::memory_order_relaxed)) -
               static_cast<std::int64_t>(received_.load(std::memory_order_relaxed));
    }
    std::uint64_t sent_total() const { return sent_.load(std::memory_order_relaxed); }
    std::uint64_t dropped_total() const { return static_cast<std::uint64_t>(drops_.Value()); }
    std::uint64_t refused_total() const { return static_cast<std::uint64_t>(refused_.Value()); }

  private:
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> received_{0};
    Counter& messages_;
    Counter& drops_;
    Counter& refused_;
};

} // namespace viz::bus
