#include "components/node/name_lookup.hpp"

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <netdb.h>
#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace viz::node {

namespace asio = boost::asio;
using boost::system::error_code;

HostAddresses system_lookup(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0)
        return {.error = asio::error::host_not_found, .addresses = {}};
    HostAddresses found;
    for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                    reinterpret_cast<char*>(endpoint.data()));
        endpoint.resize(entry->ai_addrlen);
        found.addresses.push_back(endpoint.address());
    }
    ::freeaddrinfo(list);
    if (found.addresses.empty()) found.error = asio::error::host_not_found;
    return found;
}

struct NameLookups::Waiter {
    Waiter(asio::io_context& loop, std::uint16_t port_in, Handler handler_in)
        : port(port_in), handler(std::move(handler_in)), work(loop.get_executor()) {}

    void complete(const HostAddresses& found) {
        const auto called = std::exchange(handler, {});
        work.reset();
        if (!called) return; // cancelled
        Endpoints endpoints;
        for (const auto& address : found.addresses) endpoints.emplace_back(address, port);
        called(found.error, endpoints);
    }

    std::uint16_t port;
    Handler handler;
    asio::executor_work_guard<asio::io_context::executor_type> work; // the loop has more to do
};

// Shared with the lookup's thread, which uses only `loop`.
struct NameLookups::Running {
    std::mutex mutex;
    asio::io_context* loop{}; // null: it has ended and the answer is discarded
    std::vector<std::shared_ptr<Waiter>> waiters;
};

asio::execution_context::id NameLookups::id;

NameLookups::NameLookups(asio::execution_context& loop)
    : service(loop), loop_(static_cast<asio::io_context&>(loop)) {}
NameLookups::~NameLookups() = default;

void NameLookups::shutdown() {
    const auto ended = std::exchange(running_, {});
    for (const auto& [host, running] : ended) {
        const std::lock_guard lock(running->mutex);
        running->loop = nullptr;
    }
    // Waiters may own clients: they are destroyed here, not on the lookup's thread.
    for (const auto& [host, running] : ended) running->waiters.clear();
}

std::shared_ptr<NameLookups::Waiter> NameLookups::start(const std::string& host, std::uint16_t port,
                                                        Handler handler) {
    auto waiter = std::make_shared<Waiter>(loop_, port, std::move(handler));
    error_code not_numeric;
    const auto address = asio::ip::make_address(host, not_numeric);
    const auto answer = [&](HostAddresses found) {
        asio::post(loop_, [waiter, found = std::move(found)] { waiter->complete(found); });
    };
    if (!not_numeric) {
        answer({.error = {}, .addresses = {address}});
        return waiter;
    }
    if (const auto known = running_.find(host); known != running_.end()) {
        auto& waiters = known->second->waiters;
        std::erase_if(waiters, [](const auto& other) { return !other->handler; });
        waiters.push_back(waiter);
        return waiter;
    }
    if (running_.size() >= kMostHosts) {
        answer({.error = asio::error::no_buffer_space, .addresses = {}});
        return waiter;
    }
    const auto running = std::make_shared<Running>();
    running->loop = &loop_;
    running->waiters.push_back(waiter);
    running_.emplace(host, running);
    begin(host, running);
    return waiter;
}

void NameLookups::begin(const std::string& host, const std::shared_ptr<Running>& running) {
    // Detached on purpose: a lookup cannot be cancelled, and a stop must not wait for it. It owns
    // all that it touches, and uses the loop only while `running` has it.
    const auto look_up = [this, host, running, lookup = lookup_] {
        pthread_setname_np(pthread_self(), "viz-name-lookup");
        auto found = lookup(host);
        const std::lock_guard lock(running->mutex);
        if (running->loop == nullptr) return;
        asio::post(*running->loop,
                   [this, host, found = std::move(found)] { complete(host, found); });
    };
    try {
        std::thread(look_up).detach();
    } catch (const std::system_error&) { // no more threads
        asio::post(loop_, [this, host] {
            complete(host, {.error = asio::error::try_again, .addresses = {}});
        });
    }
}

void NameLookups::complete(const std::string& host, const HostAddresses& found) {
    const auto ended = running_.extract(host);
    if (ended.empty()) return;
    for (const auto& waiter : ended.mapped()->waiters) waiter->complete(found);
}

void NameLookups::cancel(Waiter& waiter) {
    // Destroying the handler may destroy the caller: the last step here.
    const auto ended = std::exchange(waiter.handler, {});
    waiter.work.reset();
}

NameResolver::NameResolver(asio::io_context& loop)
    : lookups_(asio::use_service<NameLookups>(loop)) {}

void NameResolver::async_resolve(const std::string& host, std::uint16_t port,
                                 NameLookups::Handler handler) {
    cancel();
    waiter_ = lookups_.start(host, port, std::move(handler));
}

void NameResolver::cancel() {
    if (const auto waiter = std::exchange(waiter_, {}).lock()) NameLookups::cancel(*waiter);
}

} // namespace viz::node
