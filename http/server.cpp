#include "http/server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

#include <pistache/http.h>
#include <pistache/peer.h>
#include <pistache/reactor.h>
#include <pistache/transport.h>

#include "http/listening.hpp"
#include "http/slow_writer.hpp"
#include "http/wire.hpp"

namespace viz::http {

namespace {

namespace P = Pistache;

constexpr const char* kConnectionKey = "viz";

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

// What the connections share; outlives them all.
struct Shared {
    Api& api;
    SlowWriter writer;
    StreamHub hub;
    std::size_t max_connections;
    std::chrono::milliseconds request_timeout;
    std::atomic<std::size_t> connections{0};
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
    // Counted as owed an answer when it was taken.
    Connection(Shared& shared, int fd)
        : shared_(shared), fd_(fd), outbox_(std::make_shared<Outbox>(shared.writer)) {
        ++shared_.connections;
    }
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
                .last_event_id = header(request, "Last-Event-ID")};
    }

    std::shared_ptr<Shared> shared_;
};

// One for each worker: hands what its connections send to the handler, and lets go of those whose
// time is up. Letting go is closing the library's descriptor without a word: streams and answers
// under way have their own.
class Worker final : public P::Tcp::Transport {
  public:
    Worker(const std::shared_ptr<P::Tcp::Handler>& handler, Shared& shared)
        : Transport(handler), handler_(handler), shared_(shared),
          timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
        if (!timer_) throw std::runtime_error("timerfd_create");
    }

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
        poller.addFd(timer_.get(), P::Flags<P::Polling::NotifyOn>(P::Polling::NotifyOn::Read),
                     tag());
    }

    // The library does not know the timer, and ends the process for what it does not know.
    void onReady(const P::Aio::FdSet& fds) override {
        std::vector<P::Polling::Event> others;
        for (std::size_t i = 0; i < fds.size(); ++i) {
            if (fds[i].getTag() == tag())
                let_go_of_overdue();
            else
                others.push_back(event_of(fds[i]));
        }
        if (!others.empty()) Transport::onReady(P::Aio::FdSet(std::move(others)));
        turn_->store(now_ns(), std::memory_order_relaxed);
    }

  private:
    P::Polling::Tag tag() const {
        return P::Polling::Tag(static_cast<std::uint64_t>(timer_.get()));
    }

    static P::Polling::Event event_of(const P::Aio::FdSet::Entry& entry) {
        P::Polling::Event event(entry.getTag());
        if (entry.isReadable()) event.flags.setFlag(P::Polling::NotifyOn::Read);
        if (entry.isWritable()) event.flags.setFlag(P::Polling::NotifyOn::Write);
        if (entry.isHangup()) event.flags.setFlag(P::Polling::NotifyOn::Hangup);
        return event;
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
};

// Pistache's own listener can only bind; these are its workers without it.
class Workers {
  public:
    Workers(const std::shared_ptr<Shared>& shared, const ServerConfig& config)
        : shared_(*shared), reactor_(P::Aio::Reactor::create()) {
        auto handler = std::make_shared<Handler>(shared);
        handler->setMaxRequestSize(config.max_request_bytes);
        reactor_->init(P::Aio::AsyncContext(static_cast<std::size_t>(config.threads), "viz-http"));
        key_ = reactor_->addHandler(std::make_shared<Worker>(handler, *shared));
        reactor_->run();
    }
    ~Workers() { reactor_->shutdown(); }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    void serve(UniqueFd connection) {
        ++shared_.owed;
        const auto workers = reactor_->handlers(key_);
        const auto& next = workers[next_++ % workers.size()];
        // Whose it is we do not ask: an address of a Unix socket the library could not take.
        std::static_pointer_cast<P::Tcp::Transport>(next)->handleNewPeer(
            P::Tcp::Peer::Create(connection.release(), P::Address()));
    }

  private:
    Shared& shared_;
    std::shared_ptr<P::Aio::Reactor> reactor_;
    P::Aio::Reactor::Key key_;
    std::size_t next_{};
};

std::vector<UniqueFd> listeners_of(const ServerConfig& config) {
    std::vector<UniqueFd> listeners;
    for (const int socket : config.sockets) listeners.push_back(share_listener(socket));
    if (listeners.empty()) listeners.push_back(listen_on(config.bind));
    return listeners;
}

} // namespace

struct Server::Impl {
    ServerConfig config;
    std::vector<std::atomic<std::int64_t>> turns; // 0 while it does not serve
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
    impl_->shared.reset(new Shared{.api = api,
                                   .writer = SlowWriter(),
                                   .hub = StreamHub(model, history, metrics, impl_->config.streams),
                                   .max_connections = impl_->config.max_connections,
                                   .request_timeout = impl_->config.request_timeout,
                                   .turns = impl_->turns});
}

Server::~Server() {
    stop();
}

void Server::start() {
    auto& impl = *impl_;
    auto listeners = listeners_of(impl.config);
    impl.address = address_of(listeners.front().get());
    impl.port = port_of(listeners.front().get());
    impl.workers = std::make_unique<Workers>(impl.shared, impl.config);
    impl.acceptor =
        std::make_unique<Acceptor>(std::move(listeners), [&workers = *impl.workers](UniqueFd fd) {
            workers.serve(std::move(fd));
        });
}

void Server::stop() {
    auto& impl = *impl_;
    if (!impl.workers) return;
    impl.acceptor.reset();
    // Whoever was let in is answered, unless it takes its time to ask.
    constexpr std::chrono::milliseconds kStep{2};
    for (auto left = impl.config.drain; left.count() > 0 && impl.shared->owed > 0; left -= kStep)
        std::this_thread::sleep_for(kStep);
    impl.shared->stopper = std::this_thread::get_id();
    impl.workers.reset(); // joins the workers, then lets go of the connections
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
std::int64_t Server::last_turn_ns() const {
    std::int64_t oldest = 0;
    for (const auto& turn : impl_->turns)
        if (const auto at = turn.load(std::memory_order_relaxed); oldest == 0 || at < oldest)
            oldest = at;
    return oldest;
}
std::size_t Server::stream_clients() const {
    return impl_->shared ? impl_->shared->hub.clients() : 0;
}
void Server::wake_streams() {
    if (impl_->shared) impl_->shared->hub.wake();
}

} // namespace viz::http
