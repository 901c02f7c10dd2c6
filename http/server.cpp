#include "http/server.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "http/connection.hpp"
#include "http/listening.hpp"
#include "http/workers.hpp"

namespace viz::http {

namespace {

std::vector<UniqueFd> listeners_of(const ServerConfig& config) {
    std::vector<UniqueFd> listeners;
    for (const int socket : config.sockets) listeners.push_back(share_listener(socket));
    if (listeners.empty()) listeners.push_back(listen_on(config.bind));
    return listeners;
}

} // namespace

struct Server::Impl {
    ServerConfig config;
    std::vector<std::atomic<std::int64_t>> turns; // 0 while not serving
    std::shared_ptr<Shared> shared;
    std::unique_ptr<Workers> workers;
    std::unique_ptr<Acceptor> acceptor;
    std::string address;
    std::uint16_t port{};
};

Server::Server(Api& api, const ReadModel& model, History& history, bus::Metrics& metrics,
               ServerConfig config)
    : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
    impl_->turns =
        std::vector<std::atomic<std::int64_t>>(static_cast<std::size_t>(impl_->config.threads));
    impl_->shared =
        std::make_shared<Shared>(api, model, history, metrics, impl_->config, impl_->turns);
}

Server::~Server() {
    stop();
}

void Server::start() {
    auto& impl = *impl_;
    auto listeners = listeners_of(impl.config);
    impl.address = address_of(listeners.front().get());
    impl.port = port_of(listeners.front().get());
    impl.workers = std::make_unique<Workers>(impl.shared);
    impl.acceptor =
        std::make_unique<Acceptor>(std::move(listeners), [&workers = *impl.workers](UniqueFd fd) {
            workers.serve(std::move(fd));
        });
}

void Server::stop() {
    auto& impl = *impl_;
    if (!impl.workers) return;
    impl.acceptor.reset();
    // Accepted connections are answered, unless their request takes too long to arrive.
    constexpr std::chrono::milliseconds kStep{2};
    for (auto left = impl.config.drain; left.count() > 0 && impl.shared->owed > 0; left -= kStep)
        std::this_thread::sleep_for(kStep);
    impl.shared->stopper = std::this_thread::get_id();
    impl.workers.reset(); // joins the workers, then releases the connections
    for (auto& turn : impl.turns) turn = 0;
    impl.shared.reset();
}

std::uint16_t Server::port() const {
    return impl_->port;
}
const std::string& Server::address() const {
    return impl_->address;
}
std::size_t Server::connections() const {
    return impl_->shared ? impl_->shared->connections.load() : 0;
}
std::size_t Server::unsent_bytes() const {
    return impl_->shared ? impl_->shared->unsent.bytes() : 0;
}
std::int64_t Server::last_turn_ns() const {
    std::int64_t oldest = 0;
    for (const auto& turn : impl_->turns)
        if (const auto at = turn.load(std::memory_order_relaxed); oldest == 0 || at < oldest)
            oldest = at;
    if (oldest == 0 || !impl_->shared) return oldest;
    return std::min(oldest, impl_->shared->answers.last_turn_ns());
}
std::size_t Server::stream_clients() const {
    return impl_->shared ? impl_->shared->hub.clients() : 0;
}
void Server::wake_streams() {
    if (impl_->shared) impl_->shared->hub.wake();
}

} // namespace viz::http
