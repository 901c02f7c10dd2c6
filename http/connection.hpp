// One accepted connection, and what all of them share. Of the server library it knows nothing but
// that it reads.
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

// What the connections share; outlives them all.
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
    std::atomic<std::size_t> connections{0}; // counted when they are taken
    // Connections that were taken and are owed an answer: none of their requests was answered yet,
    // or one has begun.
    std::atomic<std::size_t> owed{0};
    std::vector<std::atomic<std::int64_t>>& turns; // when each worker's loop turned last
    std::size_t registered{0};                     // workers that have their place there
    // The thread that takes the server down; Pistache leaves open what is still connected then.
    std::atomic<std::thread::id> stopper{};
    UnsentBytes unsent;
    SlowWriter writer;
    StreamHub hub;
    // Last: what waits there holds connections.
    RenderPool answers; // Work::large, and what needs the record
    RenderPool scrapes; // Work::scrape
};

// What is sent and what is to be read next. Shared by the thread that reads the connection, the one
// that makes its answer and the one that finishes sending it; one request is answered at a time.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    // Counted as owed an answer when it was taken. `fd`: a duplicate of its own, or none when there
    // are no descriptors left. `resume`: calls for read_on() on the thread that reads; of any
    // thread. `reserved`: beyond the limit, let in for a probe.
    Connection(Shared& shared, UniqueFd fd, bool reserved);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void on_resume(std::function<void()> resume);

    // On the reading thread:
    // What came is to be parsed now. Otherwise it is kept until the answer under way has been
    // sent, or dropped (nothing more is read from a finished connection).
    bool may_read(std::string_view bytes);
    // What was kept, when it is time for it; empty otherwise.
    std::string read_on();
    void begin(); // the first bytes of a request are there: its time begins
    bool begun() const;
    bool finished() const;
    bool overdue() const;
    void answer(Request request, const RequestHead& head);
    // For what is not a request: the connection cannot be understood any further.
    void refuse(int status, std::string_view message);
    // Ends it: the reading thread is told by the socket.
    void cut() { outbox_->shut(); }

  private:
    using Clock = std::chrono::steady_clock;

    void hand_over(RenderPool& pool, Request request, const RequestHead& head);
    void send(const Response& response, const RequestHead& head);
    void become_stream(const Response& response, const RequestHead& head);
    void sent(); // a response that had to wait; on the writer's thread
    void end();  // the request was answered: the time until the next begins
    void owe(bool owed);
    void finish();

    Shared& shared_;
    const std::shared_ptr<Outbox> outbox_;
    const bool reserved_;
    std::function<void()> resume_;
    mutable std::mutex mutex_; // of all below; taken last
    Clock::time_point since_{Clock::now()};
    std::string kept_; // requests that came before the answer to an earlier one was sent
    bool begun_{};     // some bytes of a request have come
    bool answering_{}; // a render thread is at it
    bool owed_{true};
    bool finished_{}; // it is a stream, or its last answer is on the way
};

} // namespace viz::http
