// Live streams (Server-Sent Events, WHATWG HTML 9.2): one thread, `viz-sse`, serves all clients. A
// client is a position in the log and at most kChunk unsent bytes: when its socket is writable, it
// receives events from the history, then from the window, then live. So a slow client costs no
// memory, and one that reconnects with its last id receives every event once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "bus/metrics.hpp"
#include "http/exchange.hpp"
#include "http/history.hpp"
#include "http/poller.hpp"
#include "http/read_model.hpp"
#include "http/slow_writer.hpp"

namespace viz::http {

struct StreamLimits {
    std::size_t clients{1024};
    // A client that had caught up may fall this many events behind before it is disconnected.
    std::uint64_t lag_events{32768};
    // Nor may it make no progress for this long while there is data for it.
    std::chrono::milliseconds stalled{30'000};
    std::chrono::milliseconds keep_alive{15'000};
    // How long a client has to receive the final `lagged`.
    std::chrono::milliseconds final_event_timeout{5'000};
    // Limit of the kernel's send buffer, bytes.
    int socket_buffer{128 * 1024};
};

class StreamHub {
  public:
    static constexpr std::size_t kChunk = std::size_t{64} * 1024;

    // All outlive the hub; unsent bytes are reserved at `writer`. Starts the thread.
    StreamHub(const ReadModel& model, History& history, bus::Metrics& metrics, SlowWriter& writer,
              StreamLimits limits = {});
    ~StreamHub();

    // Reserves a place for one more client, which adopt() then uses. False when there are too many.
    // Thread-safe.
    bool claim_place();
    // Takes over a connection: `fd` is the hub's own duplicate, non-blocking; `head` the response
    // head to start with; `chunked` whether the client supports HTTP/1.1 framing. Thread-safe.
    void adopt(UniqueFd fd, std::string head, StreamRequest request, bool chunked);

    // Announces new events. Thread-safe, cheap.
    void wake() { poller_.wake(); }

    std::size_t clients() const { return count_.load(std::memory_order_relaxed); }

  private:
    struct Client;

    void run(std::stop_token stop);
    void admit_new();
    void turn(std::uint64_t id, Client& client);
    void turn_safely(std::uint64_t id, Client& client);
    void catch_up();
    void account(Client& client);
    bool refill(Client& client);
    void read_window(const EventRing::View& window, Client& client, std::string& messages);
    void read_history(Client& client, std::string& messages);
    void skip_to(Client& client, std::uint64_t last, std::string& messages);
    void greet(Client& client);
    void cut(Client& client);
    bool flush(Client& client);
    void look_at_clock(Client& client);
    void drop(std::uint64_t id);
    void append_framed(Client& client, std::string_view text);

    const ReadModel& model_;
    History& history_;
    SlowWriter& writer_;
    StreamLimits limits_;
    bus::Gauge& clients_gauge_;
    bus::Counter& lagged_total_;
    bus::Counter& messages_total_;
    bus::Counter& history_failures_;
    Poller poller_;
    std::atomic<std::size_t> count_{0};
    std::mutex mutex_; // guards arrivals_
    std::vector<std::unique_ptr<Client>> arrivals_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Client>>
        clients_;                      // used by the hub's thread only
    std::deque<std::uint64_t> behind_; // clients waiting for their turn to read the record
    std::uint64_t next_id_{};
    std::jthread thread_; // last: it stops before the other members are destroyed
};

} // namespace viz::http
