#include "bus/reactor.hpp"

#include <list>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace viz::bus {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               steady_clock::now().time_since_epoch())
        .count();
}

} // namespace

struct Reactor::Impl {
    struct Watch {
        Watch(asio::io_context& io, Receiver& receiver_in,
              std::function<void(Received&)> handler_in, std::function<void()> drained_in)
            : receiver(receiver_in), handler(std::move(handler_in)), drained(std::move(drained_in)),
              descriptor(io, receiver_in.event_fd()) {}
        // ZeroMQ owns the descriptor and closes it with the socket.
        ~Watch() { descriptor.release(); }
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

        Receiver& receiver;
        std::function<void(Received&)> handler;
        std::function<void()> drained;
        asio::posix::stream_descriptor descriptor;
        bool handled_any{false};
    };

    struct Timer {
        asio::steady_timer timer;
        std::chrono::milliseconds period;
        std::function<void()> handler;
    };

    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::list<Watch> watches;
    std::list<Timer> timers;
    Received received; // reused: one message is handled at a time

    // Handles up to kFairness messages; true when the socket may have more.
    bool take(Watch& watch) {
        for (int n = 0; n < kFairness; ++n) {
            if (!watch.receiver.try_receive(received)) {
                if (watch.handled_any && watch.drained) watch.drained();
                watch.handled_any = false;
                return false;
            }
            watch.handled_any = true;
            watch.handler(received);
        }
        return true;
    }

    // ZeroMQ's descriptor is edge-triggered: wait on it only after the socket reported that it is
    // empty.
    void pump(Watch& watch) {
        if (take(watch)) {
            asio::post(io, [this, &watch] { pump(watch); });
            return;
        }
        watch.descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                    [this, &watch](const boost::system::error_code& error) {
                                        if (!error) pump(watch);
                                    });
    }

    void arm(Timer& timer) {
        timer.timer.expires_after(timer.period);
        timer.timer.async_wait([this, &timer](const boost::system::error_code& error) {
            if (error) return;
            timer.handler();
            arm(timer);
        });
    }

    void drain(std::chrono::milliseconds limit) {
        const auto end = steady_clock::now() + limit;
        bool more = true;
        while (more && steady_clock::now() < end) {
            more = false;
            for (auto& watch : watches) more = take(watch) || more;
        }
    }
};

Reactor::Reactor() : impl_(std::make_unique<Impl>()) {}
Reactor::~Reactor() = default;

void Reactor::on_message(Receiver& receiver, std::function<void(Received&)> handler,
                         std::function<void()> drained) {
    auto& watch =
        impl_->watches.emplace_back(impl_->io, receiver, std::move(handler), std::move(drained));
    asio::post(impl_->io, [this, &watch] { impl_->pump(watch); });
}

void Reactor::every(std::chrono::milliseconds period, std::function<void()> handler) {
    auto& timer = impl_->timers.emplace_back(
        Impl::Timer{asio::steady_timer(impl_->io), period, std::move(handler)});
    impl_->arm(timer);
}

void Reactor::post(std::function<void()> work) {
    asio::post(impl_->io, std::move(work));
}

void Reactor::run(std::stop_token stop, std::chrono::milliseconds drain_limit) {
    // An idle loop still turns once per second, so that last_turn_ns distinguishes idle from stuck.
    every(std::chrono::seconds(1), [] {});
    last_turn_ns_.store(now_ns(), std::memory_order_relaxed);
    bool stopping = false;
    const std::stop_callback on_stop(stop,
                                     [this, &stopping] { post([&stopping] { stopping = true; }); });
    while (!stopping) {
        impl_->io.run_one();
        last_turn_ns_.store(now_ns(), std::memory_order_relaxed);
    }
    impl_->drain(drain_limit);
}

asio::io_context& Reactor::context() {
    return impl_->io;
}

} // namespace viz::bus
