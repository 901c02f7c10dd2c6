// One limit for the unsent bytes of all clients together: the unsent rest of answers, the unsent
// part of streams, and the socket queues of slow clients. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>

#include "bus/metrics.hpp"

namespace viz::http {

class UnsentBytes {
  public:
    UnsentBytes(std::size_t limit, bus::Metrics& metrics)
        : limit_(limit),
          gauge_(metrics.gauge("http_unsent_bytes",
                               "Unsent bytes of all clients: answers, streams, and the socket "
                               "queues of slow clients")),
          over_limit_(cut(metrics, "unsent_limit")), stalled_(cut(metrics, "stalled")) {}

    // False, with nothing reserved, when the limit would be exceeded.
    bool reserve(std::size_t bytes) {
        const auto now = bytes_.fetch_add(bytes) + bytes;
        if (now > limit_) {
            bytes_ -= bytes;
            return false;
        }
        gauge_.Set(static_cast<double>(now));
        return true;
    }
    void release(std::size_t bytes) {
        gauge_.Set(static_cast<double>(bytes_.fetch_sub(bytes) - bytes));
    }
    std::size_t bytes() const { return bytes_.load(); }

    // A client was disconnected, to keep the limit or because it made no progress for too long.
    void count_over_limit() { over_limit_.Increment(); }
    void count_stalled() { stalled_.Increment(); }

  private:
    static bus::Counter& cut(bus::Metrics& metrics, const char* reason) {
        return metrics.counter("http_clients_cut_total",
                               "Clients disconnected before their answer was complete, by reason",
                               {{"reason", reason}});
    }
    std::size_t limit_;
    std::atomic<std::size_t> bytes_{0};
    bus::Gauge& gauge_;
    bus::Counter& over_limit_;
    bus::Counter& stalled_;
};

} // namespace viz::http
