// Sends responses. The calling thread sends as much as the socket accepts; a separate thread
// finishes the rest through a duplicate of the descriptor, which stays valid when the server
// library closes its own or its number is reused.
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
    // `fd`: a duplicate owned by the outbox.
    Outbox(SlowWriter& writer, UniqueFd fd) : writer_(writer), fd_(std::move(fd)) {}
    // Called on the writer's thread when a delayed response has been sent. Set before the first
    // send().
    void on_sent(std::function<void()> listener) { on_sent_ = std::move(listener); }

    // One response at a time: only while idle(). After `close_after` the sending side is closed
    // when everything is sent. False when the client is gone, or the limit of unsent bytes is
    // reached.
    bool send(std::string bytes, bool close_after);
    // The socket has accepted everything.
    bool idle() const { return !waits_.load(std::memory_order_acquire); }
    // Both directions are closed, or the connection was reset: no response can be delivered.
    bool gone() const;
    // Ends the connection in both directions.
    void shut();
    // Transfers the descriptor to a stream.
    UniqueFd release();

  private:
    friend class SlowWriter;
    enum class Progress : std::uint8_t { done, blocked, failed };
    Progress write_some();

    SlowWriter& writer_;
    std::function<void()> on_sent_;
    mutable std::mutex mutex_; // guards all below except the atomics
    UniqueFd fd_;
    std::string rest_;
    std::size_t at_{};
    bool close_after_{};
    std::atomic<bool> waits_{false}; // part of rest_ is unsent
    bool watched_{};                 // registered with the writer, under id_
    std::uint64_t id_{};
    std::size_t reserved_{}; // from UnsentBytes
    std::size_t queued_{};   // in the socket at the last check
    std::atomic<std::int64_t> progress_ns_{};
};

class SlowWriter {
  public:
    // `stalled`: how long a client may make no progress. `unsent` must outlive the writer.
    explicit SlowWriter(UnsentBytes& unsent,
                        std::chrono::milliseconds stalled = std::chrono::seconds(30));
    ~SlowWriter();

    // Reserves bytes. To stay within the limit it disconnects the clients without progress for
    // longest. False when that is not enough.
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
    std::mutex mutex_; // locked after an outbox's own
    std::unordered_map<std::uint64_t, std::shared_ptr<Outbox>> boxes_;
    std::uint64_t next_id_{};
    std::jthread thread_; // last: it stops before the other members are destroyed
};

// Ends a connection without delivering the rest: data queued in the socket is dropped when the last
// descriptor is closed, and the peer's writes fail.
void abort_connection(int fd);

// Bytes in the socket that the peer has not acknowledged, or not read (Unix sockets).
std::size_t queued_in(int fd);

} // namespace viz::http
