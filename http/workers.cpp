#include "http/workers.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <system_error>
#include <utility>

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

// The library's side of a connection, on the worker's thread: exists as long as its peer.
struct Reading {
    Reading(Shared& shared_in, int fd_in, std::shared_ptr<Connection> connection_in)
        : shared(shared_in), fd(fd_in), connection(std::move(connection_in)) {}
    // On a worker Pistache closes the descriptor itself.
    ~Reading() {
        --shared.connections;
        if (shared.stopper.load() == std::this_thread::get_id()) ::close(fd);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    Shared& shared;
    int fd;
    std::shared_ptr<Connection> connection;
};

std::shared_ptr<Connection> connection_of(const P::Tcp::Peer& peer) {
    const auto reading = std::static_pointer_cast<Reading>(peer.tryGetData(kConnectionKey));
    return reading ? reading->connection : nullptr;
}

// The connections whose answer has been sent and that a worker may read further. Outlives the
// worker, since other threads may still add to it.
class Resumes {
  public:
    Resumes() : wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
    int fd() const { return wake_.get(); }
    void add(std::weak_ptr<P::Tcp::Peer> peer) {
        {
            const std::scoped_lock lock(mutex_);
            peers_.push_back(std::move(peer));
        }
        ::eventfd_write(wake_.get(), 1);
    }
    std::vector<std::weak_ptr<P::Tcp::Peer>> take() {
        eventfd_t times = 0;
        ::eventfd_read(wake_.get(), &times);
        const std::scoped_lock lock(mutex_);
        return std::exchange(peers_, {});
    }

  private:
    UniqueFd wake_;
    std::mutex mutex_;
    std::vector<std::weak_ptr<P::Tcp::Peer>> peers_; // at most one for each request
};

class RequestReader final : public P::Http::Handler {
  public:
    HTTP_PROTOTYPE(RequestReader)

    explicit RequestReader(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
    // Each worker has its own copy.
    RequestReader(const RequestReader& other) : P::Http::Handler(other), shared_(other.shared_) {}
    RequestReader& operator=(const RequestReader&) = delete;

    // Never called: onInput handles everything.
    void onRequest(const P::Http::Request&, P::Http::ResponseWriter) override {}

    int resumes_fd() const { return resumes_->fd(); }
    // Processes input that arrived during an earlier answer.
    void resume() {
        for (const auto& waiting : resumes_->take())
            if (const auto peer = waiting.lock())
                if (const auto bytes = connection_of(*peer)->read_on(); !bytes.empty())
                    read(bytes, peer);
    }

  private:
    void onConnection(const std::shared_ptr<P::Tcp::Peer>& peer) override {
        peer->putData(ParserData, std::make_shared<P::Http::RequestParser>(getMaxRequestSize()));
        const auto& config = shared_->config;
        const bool beyond = shared_->connections > config.max_connections;
        auto connection = std::make_shared<Connection>(
            *shared_, UniqueFd(::fcntl(peer->fd(), F_DUPFD_CLOEXEC, 0)), beyond);
        connection->on_resume(
            [resumes = resumes_, weak = std::weak_ptr(peer)] { resumes->add(weak); });
        peer->putData(kConnectionKey, std::make_shared<Reading>(*shared_, peer->fd(), connection));
        const int on = 1;
        ::setsockopt(peer->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (!beyond) return;
        // Each worker holds its part of the reserved connections.
        reserved_.push_back(connection);
        std::erase_if(reserved_, [](const auto& one) { return one.expired(); });
        const auto most = config.reserved_connections / static_cast<std::size_t>(config.threads);
        while (reserved_.size() > std::max<std::size_t>(most, 1)) {
            if (const auto oldest = reserved_.front().lock()) oldest->cut();
            reserved_.pop_front();
        }
    }

    void onInput(const char* bytes, std::size_t size,
                 const std::shared_ptr<P::Tcp::Peer>& peer) override {
        const std::string_view input(bytes, size);
        if (connection_of(*peer)->may_read(input)) read(input, peer);
    }

    void read(std::string_view bytes, const std::shared_ptr<P::Tcp::Peer>& peer) {
        auto& connection = *connection_of(*peer);
        const auto parser = getParser(peer);
        if (!connection.begun()) connection.begin();
        try {
            if (!parser->feed(bytes.data(), bytes.size()))
                return connection.refuse(413, "the request is too large");
            if (parser->parse() != P::Http::Private::State::Done) return;
        } catch (const std::exception&) { // the parser reports invalid HTTP by throwing
            return connection.refuse(400, "not a valid HTTP request");
        }
        // Pistache reads a malformed length as 0.
        const auto length = header(parser->request, "Content-Length").value_or("0");
        if (length.empty() || length.find_first_not_of("0123456789") != std::string::npos)
            return connection.refuse(400, "Content-Length must be a number");
        connection.answer(request_of(parser->request), head_of(parser->request));
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
    std::shared_ptr<Resumes> resumes_{std::make_shared<Resumes>()};
    std::deque<std::weak_ptr<Connection>> reserved_; // oldest first
};

UniqueFd opened(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
    return UniqueFd(fd);
}

// One per worker: takes the connections it is given, passes their input to the handler, and
// releases those that timed out. Releasing closes only the library's descriptor: streams and
// unfinished answers have their own.
class Worker final : public P::Tcp::Transport {
  public:
    Worker(const std::shared_ptr<RequestReader>& handler, Shared& shared)
        : Transport(handler), handler_(handler), shared_(shared),
          timer_(opened(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd")),
          given_wake_(opened(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

    std::shared_ptr<P::Aio::Handler> clone() const override {
        return std::make_shared<Worker>(std::make_shared<RequestReader>(*handler_), shared_);
    }

    void registerPoller(P::Polling::Epoll& poller) override {
        Transport::registerPoller(poller);
        turn_ = &shared_.turns.at(shared_.registered++);
        turn_->store(now_ns(), std::memory_order_relaxed);
        const auto look = std::clamp(shared_.config.request_timeout / 8,
                                     std::chrono::milliseconds(10), std::chrono::milliseconds(500));
        const timespec every{.tv_sec = 0, .tv_nsec = look.count() * 1'000'000};
        const itimerspec timer{.it_interval = every, .it_value = every};
        ::timerfd_settime(timer_.get(), 0, &timer, nullptr);
        const P::Flags<P::Polling::NotifyOn> reads(P::Polling::NotifyOn::Read);
        poller.addFd(timer_.get(), reads, tag_of(timer_.get()));
        poller.addFd(given_wake_.get(), reads, tag_of(given_wake_.get()));
        poller.addFd(handler_->resumes_fd(), reads, tag_of(handler_->resumes_fd()));
    }

    // Callable on any thread. The queue is bounded by the process's descriptor limit. (The
    // library's own queue for this leaves the last reference to the worker's objects with the
    // calling thread.)
    void give(UniqueFd connection) {
        {
            const std::scoped_lock lock(given_mutex_);
            given_.push_back(std::move(connection));
        }
        ::eventfd_write(given_wake_.get(), 1);
    }

    // The library knows neither the timer nor the wake-up, and ends the process for an unknown
    // event.
    void onReady(const P::Aio::FdSet& fds) override {
        std::vector<P::Polling::Event> others;
        for (std::size_t i = 0; i < fds.size(); ++i) {
            if (fds[i].getTag() == tag_of(timer_.get()))
                let_go_of_overdue();
            else if (fds[i].getTag() == tag_of(given_wake_.get()))
                take_given();
            else if (fds[i].getTag() == tag_of(handler_->resumes_fd()))
                handler_->resume();
            else
                others.push_back(event_of(fds[i]));
        }
        if (!others.empty()) Transport::onReady(P::Aio::FdSet(std::move(others)));
        turn_->store(now_ns(), std::memory_order_relaxed);
    }

  private:
    static P::Polling::Tag tag_of(int fd) {
        return P::Polling::Tag(static_cast<std::uint64_t>(fd));
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
        // The peer address is not queried: the library cannot handle addresses of Unix sockets.
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

    std::shared_ptr<RequestReader> handler_;
    Shared& shared_;
    std::atomic<std::int64_t>* turn_{};
    UniqueFd timer_;
    UniqueFd given_wake_;
    std::mutex given_mutex_;
    std::vector<UniqueFd> given_; // queued by the acceptor
};

} // namespace

struct Workers::Impl {
    std::shared_ptr<Shared> shared;
    std::shared_ptr<P::Aio::Reactor> reactor;
    P::Aio::Reactor::Key key;
    std::size_t next{};
};

Workers::Workers(std::shared_ptr<Shared> shared) : impl_(std::make_unique<Impl>()) {
    impl_->shared = std::move(shared);
    impl_->reactor = P::Aio::Reactor::create();
    auto handler = std::make_shared<RequestReader>(impl_->shared);
    handler->setMaxRequestSize(impl_->shared->config.max_request_bytes);
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
