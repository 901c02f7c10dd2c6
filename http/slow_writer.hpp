// Sends responses. What the client takes at once is sent on the calling thread; the rest is
// finished by a thread of its own, through a duplicate of the descriptor, so that neither the
// server library nor a reused descriptor number can ever come between.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>

#include "http/poller.hpp"
#include "http/unsent_bytes.hpp"

namespace viz::http {

class SlowWriter;

// The sending side of one connection. Thread-safe.
class Outbox : public std::enable_shared_from_this<Outbox> {
  public:
    // `fd`: the outbox's own duplicate.
    Outbox(SlowWriter& writer, UniqueFd fd) : writer_(writer), fd_(std::move(fd)) {}
    // Called on the writer's thread when a response that had to wait has been sent. Set before the
    // first send().
    void on_sent(std::function<void()> listener) { on_sent_ = std::move(listener); }

    // One response at a time: only while idle(). After `close_after` our side is closed when
    // everything is sent. False when the client is gone, or there is no room for what it does not
    // take.
    bool send(std::string bytes, bool close_after);
    // The socket has taken everything.
    bool idle() const { return !waits_.load(std::memory_order_acquire); }
    // Both directions are closed, or the connection was reset: nobody will read an answer.
    bool gone() const;
    // Ends the connection in both directions.
    void shut();
    // Gives the descriptor away, to a stream.
    UniqueFd release();

  private:
    friend class SlowWriter;
    enum class Progress : std::uint8_t { done, blocked, failed };
    Progress write_some();

    SlowWriter& writer_;
    std::function<void()> on_sent_;
    mutable std::mutex mutex_; // of all below but the atomics
    UniqueFd fd_;
    std::string rest_;
    std::size_t at_{};
    bool close_after_{};
    std::atomic<bool> waits_{false}; // some of rest_ is unsent
    bool watched_{};                 // the writer has it, under id_
    std::uint64_t id_{};
    std::size_t reserved_{}; // of UnsentBytes
    std::size_t queued_{};   // in the socket when last looked at
    std::atomic<std::int64_t> progress_ns_{};
};

class SlowWriter {
  public:
    // `stalled`: how long a client may take nothing. `unsent` outlives the writer.
    explicit SlowWriter(UnsentBytes& unsent,
                        std::chrono::milliseconds stalled = std::chrono::seconds(30));
    ~SlowWriter();

    // Reserves, at the cost of those that have taken nothing for longest: they are cut until there
    // is room. False when there is none even so.
    bool reserve(std::size_t bytes);
    UnsentBytes& unsent() { return unsent_; }

  private:
    friend class Outbox;
    bool cut_slowest();
    bool watch(Outbox& outbox);
    void forget(Outbox& outbox);
    void run(std::stop_token stop);
    void advance(Outbox& outbox);

    UnsentBytes& unsent_;
    std::chrono::nanoseconds stalled_;
    Poller poller_;
    std::mutex mutex_; // taken after an outbox's own
    std::unordered_map<std::uint64_t, std::shared_ptr<Outbox>> boxes_;
    std::uint64_t next_id_{};
    std::jthread thread_; // last: stops before the rest goes
};

// Ends a connection whose peer is not to have the rest: what waits in the socket is dropped when
// the last descriptor is closed, and the peer's writes fail.
void abort_connection(int fd);

// Bytes in the socket that the peer has not acknowledged, or not read (Unix sockets).
std::size_t queued_in(int fd);

} // namespace viz::http
