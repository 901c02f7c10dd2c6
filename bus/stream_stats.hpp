// Counters of a stream: one object per stream and process, shared by all its sockets. Thread-safe.
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

    void sent(std::size_t payload_bytes) {
        sent_.fetch_add(1, std::memory_order_relaxed);
        sent_bytes_.fetch_add(payload_bytes, std::memory_order_relaxed);
        messages_.Increment();
    }
    // Returns the number of the message.
    std::uint64_t received(std::size_t payload_bytes) {
        received_bytes_.fetch_add(payload_bytes, std::memory_order_relaxed);
        return received_.fetch_add(1, std::memory_order_relaxed) + 1;
    }
    // Messages that the receiver no longer needs.
    void settled(std::uint64_t messages) {
        settled_.fetch_add(messages, std::memory_order_release);
    }
    // A message from another process that this many receivers of a PUB/SUB stream here will get.
    void due(std::uint64_t receivers) { due_.fetch_add(receivers, std::memory_order_relaxed); }
    // Time from the sender's stamp to the receiver, of every kHopSample-th message.
    void hop(std::int64_t ns) { hop_seconds_.Observe(static_cast<double>(ns) * 1e-9); }
    static constexpr std::uint64_t kHopSample = 16;
    void dropped() { drops_.Increment(); }
    // Wrong schema version, wrong number of frames, or bytes that fail verification.
    void refused() { refused_.Increment(); }

    // Messages sent and not yet received. Exact for PUSH/PULL streams within one process, which use
    // it to enforce the queue limit; meaningless for PUB/SUB.
    std::int64_t depth() const {
        return static_cast<std::int64_t>(sent_.load(std::memory_order_relaxed)) -
               static_cast<std::int64_t>(received_.load(std::memory_order_relaxed));
    }
    // The payloads of those.
    std::int64_t queued_bytes() const {
        return static_cast<std::int64_t>(sent_bytes_.load(std::memory_order_relaxed) -
                                         received_bytes_.load(std::memory_order_relaxed));
    }
    // Upper bound of the messages from other processes that some receiver here has not settled. The
    // producers of a PUB/SUB stream are in one process, so either all its messages come from
    // another process or none.
    std::uint64_t lag() const {
        const auto settled = settled_.load(std::memory_order_acquire);
        return missing(each_to_one_ ? sent_ : due_, 1, settled);
    }
    // The same for messages of this process, each with this many receivers.
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
    std::atomic<std::uint64_t> sent_bytes_{0};
    std::atomic<std::uint64_t> received_bytes_{0};
    std::atomic<std::uint64_t> settled_{0};
    std::atomic<std::uint64_t> due_{0};
    bool each_to_one_;
    Counter& messages_;
    Counter& drops_;
    Counter& refused_;
    Histogram& hop_seconds_;
};

} // namespace viz::bus
