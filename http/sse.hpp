// Live streams (Server-Sent Events, WHATWG HTML 9.2): one thread, `viz-sse`, serves all clients.
// A client is a place in the log and at most kChunk unsent bytes: what it gets next is taken from
// the history, then the window, then as it comes, when its socket has room. So a slow client costs
// no memory, and one that reconnects with its last id sees every event once.
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
    // A client that had caught up may fall so many events behind before it is cut.
    std::uint64_t lag_events{32768};
    // Nor may it take nothing for so long while there is something for it.
    std::chrono::milliseconds stalled{30'000};
    std::chrono::milliseconds keep_alive{15'000};
    // How long a cut client has to take the final `lagged`.
    std::chrono::milliseconds final_event_timeout{5'000};
    // Bound of the kernel's part of the buffering, bytes.
    int socket_buffer{128 * 1024};
};

class StreamHub {
  public:
    static constexpr std::size_t kChunk = std::size_t{64} * 1024;

    // All outlive the hub; what clients do not take is reserved at `writer`. Starts the thread.
    StreamHub(const ReadModel& model, History& history, bus::Metrics& metrics, SlowWriter& writer,
              StreamLimits limits = {});
    ~StreamHub();

    // A place for one more client, which adopt() then takes. False when there are too many.
    // Thread-safe.
    bool claim_place();
    // Takes a connection over: `fd` is the hub's own duplicate, non-blocking, `head` the response
    // head to begin with, `chunked` whether HTTP/1.1 framing is understood. Thread-safe.
    void adopt(UniqueFd fd, std::string head, StreamRequest request, bool chunked);

    // There are new events. Thread-safe, cheap.
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
    std::mutex mutex_; // of arrivals_
    std::vector<std::unique_ptr<Client>> arrivals_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Client>> clients_; // the thread's own
    std::deque<std::uint64_t> behind_; // clients that wait for their turn at the record
    std::uint64_t next_id_{};
    std::jthread thread_; // last: stops before the rest goes
};

} // namespace viz::http
