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
    // The number of it.
    std::uint64_t received() { return received_.fetch_add(1, std::memory_order_relaxed) + 1; }
    // The same, once the receiver needs them no more.
    void settled(std::uint64_t messages) {
        settled_.fetch_add(messages, std::memory_order_release);
    }
    // A message from another process that so many receivers of a PUB/SUB stream here will take.
    void due(std::uint64_t receivers) { due_.fetch_add(receivers, std::memory_order_relaxed); }
    // From the sender's stamp to the receiver's hand, of every kHopSample-th message.
    void hop(std::int64_t ns) { hop_seconds_.Observe(static_cast<double>(ns) * 1e-9); }
    static constexpr std::uint64_t kHopSample = 16;
    void dropped() { drops_.Increment(); }
    // Wrong schema version, wrong number of frames, bytes the verifier refuses.
    void refused() { refused_.Increment(); }

    // Messages sent and not yet received. Exact for PUSH/PULL streams within one process, which
    // is where queue bounds are enforced by it; meaningless for PUB/SUB.
    std::int64_t depth() const {
        return static_cast<std::int64_t>(sent_.load(std::memory_order_relaxed)) -
               static_cast<std::int64_t>(received_.load(std::memory_order_relaxed));
    }
    // At most so many messages from other processes have not been settled by all who take them
    // here. The producers of a PUB/SUB stream are in one process: what comes from another is all.
    std::uint64_t lag() const {
        const auto settled = settled_.load(std::memory_order_acquire);
        return missing(each_to_one_ ? sent_ : due_, 1, settled);
    }
    // The same of messages of this process that so many receivers each take.
    std::uint64_t unsettled(std::uint64_t receivers) const {
        const auto settled = settled_.load(std::memory_order_acquire);
        return missing(sent_, receivers, settled);
    }
    std::uint64_t sent_total() const { return sent_.load(std::memory_order_relaxed); }
    std::uint64_t dropped_total() const { return static_cast<std::uint64_t>(drops_.Value()); }
    std::uint64_t refused_total() const { return static_cast<std::uint64_t>(refused_.Value()); }

  private:
    static std::uint64_t missing(const std::atomic<std::uint64_t>& sent, std::uint64_t receivers,
                                 std::uint64_t settled) {
        const auto due = sent.load(std::memory_order_relaxed) * receivers;
        return due > settled ? due - settled : 0;
    }

    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> received_{0};
    std::atomic<std::uint64_t> settled_{0};
    std::atomic<std::uint64_t> due_{0};
    bool each_to_one_;
    Counter& messages_;
    Counter& drops_;
    Counter& refused_;
    Histogram& hop_seconds_;
};

} // namespace viz::bus
