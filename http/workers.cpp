#include "http/workers.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <mutex>
#include <system_error>

#include <pistache/http.h>
#include <pistache/peer.h>
#include <pistache/reactor.h>
#include <pistache/transport.h>

namespace viz::http {

namespace {

namespace P = Pistache;

constexpr const char* kConnectionKey = "viz";

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

std::shared_ptr<Connection> connection_of(const P::Tcp::Peer& peer) {
    return std::static_pointer_cast<Connection>(peer.tryGetData(kConnectionKey));
}

class Handler final : public P::Http::Handler {
  public:
    HTTP_PROTOTYPE(Handler)

    explicit Handler(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    // Never called: onInput does all.
    void onRequest(const P::Http::Request&, P::Http::ResponseWriter) override {}

  private:
    void onConnection(const std::shared_ptr<P::Tcp::Peer>& peer) override {
        peer->putData(ParserData, std::make_shared<P::Http::RequestParser>(getMaxRequestSize()));
        auto connection = std::make_shared<Connection>(*shared_, peer->fd());
        peer->putData(kConnectionKey, connection);
        const int on = 1;
        ::setsockopt(peer->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (shared_->connections > shared_->max_connections)
            connection->refuse(503, "too many connections");
    }

    void onInput(const char* bytes, std::size_t size,
                 const std::shared_ptr<P::Tcp::Peer>& peer) override {
        auto& connection = *connection_of(*peer);
        if (connection.finished()) return;
        const auto parser = getParser(peer);
        if (!connection.begun()) connection.begin();
        try {
            if (!parser->feed(bytes, size))
                return connection.refuse(413, "the request is too large");
            if (parser->parse() != P::Http::Private::State::Done) return;
        } catch (const std::exception&) { // the parser's way to say that this is not HTTP
            return connection.refuse(400, "not an HTTP request we understand");
        }
        // Pistache reads a broken length as 0.
        const auto length = header(parser->request, "Content-Length").value_or("0");
        if (length.empty() || length.find_first_not_of("0123456789") != std::string::npos)
            return connection.refuse(400, "Content-Length must be a number");
        const auto head = head_of(parser->request);
        connection.answer(shared_->api.handle(request_of(parser->request)), head);
        connection.end();
        parser->reset();
    }

    static std::optional<std::string> header(const P::Http::Request& request,
                                             const std::string& name) {
        if (const auto raw = request.headers().tryGetRaw(name)) return raw->value();
        return std::nullopt;
    }

    static RequestHead head_of(const P::Http::Request& request) {
        const bool http11 = request.version() == P::Http::Version::Http11;
        bool keep_alive = http11;
        if (const auto asked = request.headers().tryGet<P::Http::Header::Connection>())
            keep_alive = asked->control() == P::Http::ConnectionControl::KeepAlive ||
                         (http11 && asked->control() != P::Http::ConnectionControl::Close);
        return {
            .method = request_method(request).first, .keep_alive = keep_alive, .http11 = http11};
    }

    static std::pair<Method, std::string> request_method(const P::Http::Request& request) {
        switch (request.method()) {
        case P::Http::Method::Get:
            return {Method::get, "GET"};
        case P::Http::Method::Head:
            return {Method::head, "HEAD"};
        case P::Http::Method::Options:
            return {Method::options, "OPTIONS"};
        case P::Http::Method::Post:
            return {Method::other, "POST"};
        case P::Http::Method::Put:
            return {Method::other, "PUT"};
        case P::Http::Method::Delete:
            return {Method::other, "DELETE"};
        case P::Http::Method::Patch:
            return {Method::other, "PATCH"};
        default:
            return {Method::other, "other"};
        }
    }

    static Request request_of(const P::Http::Request& request) {
        auto [method, name] = request_method(request);
        return {.method = method,
                .method_name = std::move(name),
                .path = request.resource(),
                .query = request.query().as_str(),
                .api_key = header(request, "x-api-key"),
                .origin = header(request, "Origin"),
                .last_event_id = header(request, "Last-Event-ID"),
                .accept = header(request, "Accept")};
    }

    std::shared_ptr<Shared> shared_;
};

UniqueFd opened(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
    return UniqueFd(fd);
}

// One for each worker: takes the connections it is given, hands what they send to the handler, and
// lets go of those whose time is up. Letting go is closing the library's descriptor without a word:
// streams and answers under way have their own.
class Worker final : public P::Tcp::Transport {
  public:
    Worker(const std::shared_ptr<P::Tcp::Handler>& handler, Shared& shared)
        : Transport(handler), handler_(handler), shared_(shared),
          timer_(opened(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd")),
          given_wake_(opened(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

    std::shared_ptr<P::Aio::Handler> clone() const override {
        return std::make_shared<Worker>(handler_->clone(), shared_);
    }

    void registerPoller(P::Polling::Epoll& poller) override {
        Transport::registerPoller(poller);
        turn_ = &shared_.turns.at(shared_.registered++);
        turn_->store(now_ns(), std::memory_order_relaxed);
        const auto look = std::clamp(shared_.request_timeout / 8, std::chrono::milliseconds(10),
                                     std::chrono::milliseconds(500));
        const timespec every{.tv_sec = 0, .tv_nsec = look.count() * 1'000'000};
        const itimerspec timer{.it_interval = every, .it_value = every};
        ::timerfd_settime(timer_.get(), 0, &timer, nullptr);
        const P::Flags<P::Polling::NotifyOn> reads(P::Polling::NotifyOn::Read);
        poller.addFd(timer_.get(), reads, tag_of(timer_));
        poller.addFd(given_wake_.get(), reads, tag_of(given_wake_));
    }

    // Of any thread. What waits here is bounded by the descriptors that the process may have. (The
    // library has a queue of its own for this; it leaves the last reference to what the worker
    // works on with the thread that gave it.)
    void give(UniqueFd connection) {
        {
            const std::scoped_lock lock(given_mutex_);
            given_.push_back(std::move(connection));
        }
        ::eventfd_write(given_wake_.get(), 1);
    }

    // The library knows neither timer nor wake-up, and ends the process for what it does not know.
    void onReady(const P::Aio::FdSet& fds) override {
        std::vector<P::Polling::Event> others;
        for (std::size_t i = 0; i < fds.size(); ++i) {
            if (fds[i].getTag() == tag_of(timer_))
                let_go_of_overdue();
            else if (fds[i].getTag() == tag_of(given_wake_))
                take_given();
            else
                others.push_back(event_of(fds[i]));
        }
        if (!others.empty()) Transport::onReady(P::Aio::FdSet(std::move(others)));
        turn_->store(now_ns(), std::memory_order_relaxed);
    }

  private:
    static P::Polling::Tag tag_of(const UniqueFd& fd) {
        return P::Polling::Tag(static_cast<std::uint64_t>(fd.get()));
    }

    static P::Polling::Event event_of(const P::Aio::FdSet::Entry& entry) {
        P::Polling::Event event(entry.getTag());
        if (entry.isReadable()) event.flags.setFlag(P::Polling::NotifyOn::Read);
        if (entry.isWritable()) event.flags.setFlag(P::Polling::NotifyOn::Write);
        if (entry.isHangup()) event.flags.setFlag(P::Polling::NotifyOn::Hangup);
        return event;
    }

    void take_given() {
        eventfd_t times = 0;
        ::eventfd_read(given_wake_.get(), &times);
        std::vector<UniqueFd> given;
        {
            const std::scoped_lock lock(given_mutex_);
            given.swap(given_);
        }
        // Whose it is we do not ask: an address of a Unix socket the library could not take.
        for (auto& connection : given)
            handleNewPeer(P::Tcp::Peer::Create(connection.release(), P::Address()));
    }

    void let_go_of_overdue() {
        std::uint64_t times = 0;
        [[maybe_unused]] const auto read = ::read(timer_.get(), &times, sizeof times);
        std::vector<std::shared_ptr<P::Tcp::Peer>> overdue;
        for (const auto& [fd, peer] : peers)
            if (const auto connection = connection_of(*peer); connection && connection->overdue())
                overdue.push_back(peer);
        for (const auto& peer : overdue) removePeer(peer);
    }

    std::shared_ptr<P::Tcp::Handler> handler_;
    Shared& shared_;
    std::atomic<std::int64_t>* turn_{};
    UniqueFd timer_;
    UniqueFd given_wake_;
    std::mutex given_mutex_;
    std::vector<UniqueFd> given_; // by the acceptor, and not taken yet
};

} // namespace

struct Workers::Impl {
    std::shared_ptr<Shared> shared;
    std::shared_ptr<P::Aio::Reactor> reactor;
    P::Aio::Reactor::Key key;
    std::size_t next{};
};

Workers::Workers(std::shared_ptr<Shared> shared, std::size_t max_request_bytes)
    : impl_(std::make_unique<Impl>()) {
    impl_->shared = std::move(shared);
    impl_->reactor = P::Aio::Reactor::create();
    auto handler = std::make_shared<Handler>(impl_->shared);
    handler->setMaxRequestSize(max_request_bytes);
    impl_->reactor->init(P::Aio::AsyncContext(impl_->shared->turns.size(), "viz-http"));
    impl_->key = impl_->reactor->addHandler(std::make_shared<Worker>(handler, *impl_->shared));
    impl_->reactor->run();
}

Workers::~Workers() {
    impl_->reactor->shutdown();
}

void Workers::serve(UniqueFd connection) {
    ++impl_->shared->owed;
    ++impl_->shared->connections;
    const auto workers = impl_->reactor->handlers(impl_->key);
    const auto& next = workers[impl_->next++ % workers.size()];
    std::static_pointer_cast<Worker>(next)->give(std::move(connection));
}

} // namespace viz::http
