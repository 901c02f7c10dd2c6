// One accepted connection, and the state that all connections share. Independent of the server
// library except for reading.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/api.hpp"
#include "http/render_pool.hpp"
#include "http/server.hpp"
#include "http/slow_writer.hpp"
#include "http/sse.hpp"
#include "http/unique_fd.hpp"
#include "http/unsent_bytes.hpp"
#include "http/wire.hpp"

namespace viz::http {

// State shared by the connections; outlives them all.
struct Shared {
    Shared(Api& api_in, const ReadModel& model, History& history, bus::Metrics& metrics,
           const ServerConfig& config_in, std::vector<std::atomic<std::int64_t>>& turns_in)
        : config(config_in), api(api_in), turns(turns_in), unsent(config.max_unsent_bytes, metrics),
          writer(unsent), hub(model, history, metrics, writer, config.streams),
          answers("viz-http-render", config.render_threads, config.max_waiting, metrics),
          scrapes("viz-http-scrape", 1, kMostScrapes, metrics) {}

    static constexpr std::size_t kMostScrapes = 256;

    const ServerConfig config;
    Api& api;
    std::atomic<std::size_t> connections{0}; // incremented when accepted
    // Accepted connections that are owed an answer: none of their requests was answered yet, or a
    // request has begun.
    std::atomic<std::size_t> owed{0};
    std::vector<std::atomic<std::int64_t>>& turns; // time of each worker's last loop turn
    std::size_t registered{0};                     // workers registered there
    // The thread that stops the server; Pistache then leaves the remaining connections open.
    std::atomic<std::thread::id> stopper{};
    UnsentBytes unsent;
    SlowWriter writer;
    StreamHub hub;
    // Last: their queues hold connections.
    RenderPool answers; // Work::large, and answers that need the record
    RenderPool scrapes; // Work::scrape
};

// The output of a connection and its next input. Shared by the thread that reads, the one that
// makes the answer and the one that finishes sending it; one request is answered at a time.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    // A new connection counts as owed an answer. `fd`: its own duplicate, or none when no
    // descriptors are left. `reserved`: beyond the limit, accepted for a probe.
    Connection(Shared& shared, UniqueFd fd, bool reserved);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // `resume` requests read_on() on the reading thread; it is callable on any thread.
    void on_resume(std::function<void()> resume);

    // On the reading thread:
    // True when the bytes are to be parsed now. Otherwise they are kept until the current answer
    // has been sent, or dropped (a finished connection is not read further).
    bool may_read(std::string_view bytes);
    // The kept bytes, when they can be processed; empty otherwise.
    std::string read_on();
    void begin(); // the first bytes of a request arrived: its timeout starts
    bool begun() const;
    bool finished() const;
    bool overdue() const;
    void answer(Request request, const RequestHead& head);
    // For invalid input: the connection cannot be parsed any further.
    void refuse(int status, std::string_view message);
    // Ends the connection: the reading thread notices through the socket.
    void cut() { outbox_->shut(); }

  private:
    using Clock = std::chrono::steady_clock;

    void hand_over(RenderPool& pool, Request request, const RequestHead& head);
    void send(const Response& response, const RequestHead& head);
    void become_stream(const Response& response, const RequestHead& head);
    void sent(); // a delayed response was sent; on the writer's thread
    void end();  // the request was answered: the timeout for the next one starts
    void owe(bool owed);
    void finish();

    Shared& shared_;
    const std::shared_ptr<Outbox> outbox_;
    const bool reserved_;
    std::function<void()> resume_;
    mutable std::mutex mutex_; // guards all below; locked last
    Clock::time_point since_{Clock::now()};
    std::string kept_; // requests that arrived before the answer to an earlier one was sent
    bool begun_{};     // part of a request has arrived
    bool answering_{}; // a render thread makes an answer
    bool owed_{true};
    bool finished_{}; // it is a stream, or its last answer is being sent
};

} // namespace viz::http
