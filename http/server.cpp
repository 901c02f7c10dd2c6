#include "http/server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include <pistache/endpoint.h>
#include <pistache/http.h>
#include <pistache/peer.h>

#include "http/slow_writer.hpp"
#include "http/wire.hpp"

namespace viz::http {

namespace {

namespace P = Pistache;

constexpr const char* kConnectionKey = "viz";

// What the connections share; outlives them all.
struct Shared {
    Api& api;
    SlowWriter writer;
    StreamHub hub;
    std::size_t max_connections;
    std::atomic<std::size_t> connections{0};
    // The thread that takes the server down; Pistache leaves open what is still connected then.
    std::atomic<std::thread::id> stopper{};
};

// One accepted connection; lives as long as Pistache's peer does.
class Connection {
  public:
    Connection(Shared& shared, int fd)
        : shared_(shared), fd_(fd), outbox_(std::make_shared<Outbox>(shared.writer)) {
        ++shared_.connections;
    }
    // On a worker Pistache closes the descriptor itself.
    ~Connection() {
        --shared_.connections;
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

    // For what is not a request: the connection cannot be understood any further.
    void refuse(int status, std::string_view message) {
        answer(shared_.api.refuse(status, message),
               RequestHead{.method = Method::other, .keep_alive = false});
    }

    bool begun{}; // some bytes of a request have come

  private:
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
    bool finished_{};
};

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
        // Idle peers are dropped without a word when their time is up; others would be sent a 408
        // through Pistache's own writer. The time counts from the parser's last reset.
        peer->setIdle(true);
        const int on = 1;
        ::setsockopt(peer->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (shared_->connections > shared_->max_connections)
            connection->refuse(503, "too many connections");
    }

    void onInput(const char* bytes, std::size_t size,
                 const std::shared_ptr<P::Tcp::Peer>& peer) override {
        auto& connection = *std::static_pointer_cast<Connection>(peer->getData(kConnectionKey));
        if (connection.finished()) return;
        const auto parser = getParser(peer);
        if (!connection.begun) parser->reset(); // the time for this request begins
        connection.begun = true;
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
        connection.begun = false;
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

P::Address parse_bind(const std::string& bind) {
    const auto colon = bind.rfind(':');
    if (colon == std::string::npos) throw std::runtime_error("bind: expected addr:port: " + bind);
    auto host = bind.substr(0, colon);
    const auto digits = bind.substr(colon + 1);
    if (digits.empty() || digits.size() > 5 ||
        digits.find_first_not_of("0123456789") != std::string::npos || std::stoul(digits) > 65535)
        throw std::runtime_error("bind: bad port: " + bind);
    return {host, P::Port(static_cast<std::uint16_t>(std::stoul(digits)))};
}

} // namespace

struct Server::Impl {
    ServerConfig config;
    std::shared_ptr<Shared> shared;
    std::unique_ptr<P::Http::Endpoint> endpoint;
    std::string address;
    std::uint16_t port{};
};

Server::Server(Api& api, const ReadModel& model, History& history, bus::Metrics& metrics,
               ServerConfig config)
    : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
    impl_->shared.reset(new Shared{.api = api,
                                   .writer = SlowWriter(),
                                   .hub = StreamHub(model, history, metrics, impl_->config.streams),
                                   .max_connections = impl_->config.max_connections});
}

Server::~Server() {
    stop();
}

void Server::start() {
    auto& impl = *impl_;
    const auto& config = impl.config;
    impl.endpoint = std::make_unique<P::Http::Endpoint>(parse_bind(config.bind));
    impl.endpoint->init(P::Http::Endpoint::options()
                            .threads(config.threads)
                            .threadsName("viz-http")
                            .flags(P::Tcp::Options::ReuseAddr | P::Tcp::Options::CloseOnExec)
                            .backlog(1024)
                            .maxRequestSize(config.max_request_bytes)
                            .headerTimeout(config.request_timeout)
                            .bodyTimeout(config.request_timeout)
                            .keepaliveTimeout(config.request_timeout));
    impl.endpoint->setHandler(std::make_shared<Handler>(impl.shared));
    impl.endpoint->serveThreaded();
    impl.port = static_cast<std::uint16_t>(impl.endpoint->getPort());
    impl.address = config.bind.substr(0, config.bind.rfind(':') + 1) + std::to_string(impl.port);
}

void Server::stop() {
    auto& impl = *impl_;
    if (!impl.endpoint) return;
    impl.endpoint->shutdown();
    impl.shared->stopper = std::this_thread::get_id();
    impl.endpoint.reset(); // joins the workers, then lets go of the connections
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
std::size_t Server::stream_clients() const {
    return impl_->shared ? impl_->shared->hub.clients() : 0;
}
void Server::wake_streams() {
    if (impl_->shared) impl_->shared->hub.wake();
}

} // namespace viz::http
