// The event loop of every shell: sockets, timers and posted work on one thread. Networking code
// runs on the same loop through context().
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "bus/socket.hpp"

namespace boost::asio {
class io_context;
}

namespace viz::bus {

class Reactor {
  public:
    Reactor();
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // Calls `handler` for each message. At most `kFairness` messages of one socket are handled
    // before other sockets get a turn. `drained` is called whenever the socket is empty (after at
    // least one message). The receiver must outlive the reactor.
    void on_message(Receiver& receiver, std::function<void(Received&)> handler,
                    std::function<void()> drained = {});

    // Typed form: `visitor` accepts each of the subscriber's message types; messages that fail to
    // decode are counted and skipped.
    template <class... Ts, class Visitor> void on(Subscriber<Ts...>& subscriber, Visitor visitor) {
        on_message(subscriber.receiver(), [&subscriber, visitor](Received& received) mutable {
            if (auto message = subscriber.decode(received)) std::visit(visitor, *message);
        });
    }

    void every(std::chrono::milliseconds period, std::function<void()> handler);
    // Thread-safe.
    void post(std::function<void()> work);

    // Runs until stop is requested; then handles queued messages (drain) for at most `drain_limit`.
    // Exceptions of handlers leave run().
    void run(std::stop_token stop,
             std::chrono::milliseconds drain_limit = std::chrono::milliseconds(1000));

    // Monotonic time of the loop's last turn, 0 before the first: lets a watchdog check that the
    // thread is not stuck. Thread-safe.
    std::int64_t last_turn_ns() const { return last_turn_ns_.load(std::memory_order_relaxed); }

    boost::asio::io_context& context();

    static constexpr int kFairness = 256;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::atomic<std::int64_t> last_turn_ns_{0};
};

} // namespace viz::bus
