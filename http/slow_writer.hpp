// Sends responses. What the client takes at once is sent on the calling thread; the rest is
// finished by a thread of its own, through a duplicate of the descriptor, so that neither the
// server library nor a reused descriptor number can ever come between.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>

#include "http/poller.hpp"

namespace viz::http {

class SlowWriter;

// The sending side of one connection. Thread-safe.
class Outbox : public std::enable_shared_from_this<Outbox> {
  public:
    explicit Outbox(SlowWriter& writer) : writer_(writer) {}

    // Responses go out whole and in order. `fd` need be valid during the call only. After
    // `close_after` our side is closed when everything is sent. False when the client is gone or
    // does not take what it asked for.
    bool send(int fd, std::string bytes, bool close_after);

  private:
    friend class SlowWriter;
    enum class Progress : std::uint8_t { done, blocked, failed };
    Progress write_some(int fd);

    SlowWriter& writer_;
    std::mutex mutex_;
    std::string rest_;
    std::size_t at_{};
    bool close_after_{};
    UniqueFd fd_; // valid while the writer's thread is at it
    std::int64_t progress_ns_{};
};

class SlowWriter {
  public:
    struct Limits {
        std::size_t total_bytes{256u << 20};       // unsent, of all clients together
        std::chrono::milliseconds stalled{30'000}; // without taking a byte
    };
    explicit SlowWriter(Limits limits);
    SlowWriter() : SlowWriter(Limits{}) {}
    ~SlowWriter();

    // Responses under way and their unsent bytes.
    std::size_t pending() const { return pending_.load(std::memory_order_relaxed); }
    std::size_t pending_bytes() const { return bytes_.load(std::memory_order_relaxed); }

  private:
    friend class Outbox;
    bool reserve(std::size_t bytes);
    void release(std::size_t bytes) { bytes_ -= bytes; }
    bool take_over(const std::shared_ptr<Outbox>& outbox, int fd);
    void run(std::stop_token stop);
    // True when the outbox is finished with, one way or the other. Its mutex is held.
    bool advance(Outbox& outbox);
    void give_up(Outbox& outbox);

    Limits limits_;
    Poller poller_;
    std::mutex mutex_; // taken after an outbox's own
    std::unordered_map<std::uint64_t, std::shared_ptr<Outbox>> boxes_;
    std::uint64_t next_id_{};
    std::atomic<std::size_t> pending_{0};
    std::atomic<std::size_t> bytes_{0};
    std::jthread thread_; // last: stops before the rest goes
};

} // namespace viz::http
