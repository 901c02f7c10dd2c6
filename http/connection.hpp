// One accepted connection, and what all of them share. Of the server library it knows nothing but
// that the descriptor is its.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "http/api.hpp"
#include "http/slow_writer.hpp"
#include "http/sse.hpp"
#include "http/unique_fd.hpp"
#include "http/wire.hpp"

namespace viz::http {

// What the connections share; outlives them all.
struct Shared {
    Api& api;
    SlowWriter writer;
    StreamHub hub;
    std::size_t max_connections;
    std::chrono::milliseconds request_timeout;
    std::atomic<std::size_t> connections{0}; // counted when they are taken
    // Connections that were taken and are owed an answer: none of their requests was answered yet,
    // or one has begun.
    std::atomic<std::size_t> owed{0};
    std::vector<std::atomic<std::int64_t>>& turns; // when each worker's loop turned last
    std::size_t registered{0};                     // workers that have their place there
    // The thread that takes the server down; Pistache leaves open what is still connected then.
    std::atomic<std::thread::id> stopper{};
};

// One accepted connection; lives as long as Pistache's peer does.
class Connection {
  public:
    // Counted, and as owed an answer, when it was taken.
    Connection(Shared& shared, int fd)
        : shared_(shared), fd_(fd), outbox_(std::make_shared<Outbox>(shared.writer)) {}
    // On a worker Pistache closes the descriptor itself.
    ~Connection() {
        --shared_.connections;
        owe(false);
        if (shared_.stopper.load() == std::this_thread::get_id()) ::close(fd_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Nothing more is read from it: it is a stream, or its last answer is on the way.
    bool finished() const { return finished_; }

    void answer(const Response& response, const RequestHead& head) {
        if (response.stream && head.method != Method::head) return become_stream(response, head);
        finished_ = !head.keep_alive;
        if (!outbox_->send(fd_, serialize(response, head), !head.keep_alive)) {
            finished_ = true;
            ::shutdown(fd_, SHUT_RDWR);
        }
    }

    // The first bytes of a request are there: its time begins.
    void begin() {
        begun_ = true;
        since_ = Clock::now();
        owe(true);
    }
    // The request was answered: the time until the next begins.
    void end() {
        begun_ = false;
        since_ = Clock::now();
        owe(false);
    }
    bool begun() const { return begun_; }
    bool overdue() const { return Clock::now() - since_ >= shared_.request_timeout; }

    // For what is not a request: the connection cannot be understood any further.
    void refuse(int status, std::string_view message) {
        answer(shared_.api.refuse(status, message),
               RequestHead{.method = Method::other, .keep_alive = false});
        end();
    }

  private:
    using Clock = std::chrono::steady_clock;

    void owe(bool owed) {
        if (std::exchange(owed_, owed) != owed) owed ? ++shared_.owed : --shared_.owed;
    }

    void become_stream(const Response& response, const RequestHead& head) {
        UniqueFd own(::fcntl(fd_, F_DUPFD_CLOEXEC, 0));
        if (own && shared_.hub.adopt(std::move(own), stream_head(response, head), *response.stream,
                                     head.http11)) {
            finished_ = true;
            return;
        }
        auto full = error_response(503, "too many streams");
        full.headers.emplace_back("Retry-After", "5");
        answer(full, head);
    }

    Shared& shared_;
    int fd_; // Pistache's; open as long as its peer, and so this object, lives
    std::shared_ptr<Outbox> outbox_;
    Clock::time_point since_{Clock::now()};
    bool begun_{}; // some bytes of a request have come
    bool owed_{true};
    bool finished_{};
};

} // namespace viz::http
