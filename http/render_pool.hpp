// Threads that make slow answers, so that the threads that read requests never wait. The queue is
// bounded; the threads run at a lower priority than the pipeline's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "bus/metrics.hpp"

namespace viz::http {

class RenderPool {
  public:
    // `name`: of the threads (at most 15 characters), and the label of the metrics.
    RenderPool(std::string name, std::size_t threads, std::size_t most_waiting,
               bus::Metrics& metrics);
    // Finishes the running job, drops queued ones.
    ~RenderPool();

    // False when the queue is full. The job must not throw.
    bool submit(std::function<void()> job);

    // When one of the threads last began to wait or took a job (steady clock): a long time ago
    // means that all of them are stuck.
    std::int64_t last_turn_ns() const { return turned_ns_.load(std::memory_order_relaxed); }

  private:
    void run(const std::stop_token& stop);

    std::string name_;
    std::size_t most_waiting_;
    bus::Gauge& waiting_gauge_;
    bus::Counter& refused_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<std::function<void()>> jobs_;
    std::atomic<std::int64_t> turned_ns_;
    std::vector<std::jthread> threads_; // last: use all of the above
};

} // namespace viz::http
