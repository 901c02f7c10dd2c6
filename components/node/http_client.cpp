// Batched requests over keep-alive HTTP connections.
#include <algorithm>
#include <charconv>
#include <deque>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>

#include "components/node/bounded_body.hpp"
#include "components/node/connect.hpp"

namespace viz::node {

namespace http = beast::http;

namespace {

struct Request {
    std::string body;
    HttpClient::Callback done;
    bool second_try{};
};

// "Retry-After: 3". The date form is not used by nodes; it counts as absent.
std::optional<std::chrono::milliseconds> retry_after(std::string_view text) {
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return std::chrono::seconds(std::min<std::uint32_t>(seconds, 300));
}

LinkError exchange_error(const beast::error_code& error) {
    if (error == beast::error::timeout) return LinkError::timed_out;
    if (error == http::error::body_limit || error == http::error::header_limit)
        return LinkError::message_too_big;
    if (error.category() == make_error_code(http::error::bad_version).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message)
        return LinkError::protocol_error;
    return LinkError::closed_by_peer;
}

class Lane {
  public:
    virtual ~Lane() = default;
    virtual bool busy() const = 0;
    virtual void exchange(Request request) = 0;
    virtual void close() = 0;
};

// A connection with all that operations on it touch. Each of their handlers holds it: an operation
// that has completed, and whose handler waits in the loop's queue, goes on reading here after the
// lane has let go of the connection.
template <class Stream> struct Connection {
    template <class... Args>
    explicit Connection(Args&&... args) : stream(std::forward<Args>(args)...) {}

    struct Parser : http::response_parser<BoundedBody> {
        bool got_some() const { return this->is_header_done(); }
    };
    Stream stream;
    beast::flat_buffer buffer{1u << 20}; // header and read-ahead; bodies go to the parser
    http::request<http::string_body> request;
    std::optional<Parser> parser; // of the newest answer
};

// One connection, one request at a time. `finished` is called after the request's callback; it
// returns the request for another try when a kept connection turned out closed by the peer.
template <class Stream>
class HttpLane final : public Lane, public std::enable_shared_from_this<HttpLane<Stream>> {
  public:
    using Finished = std::function<void(std::optional<Request>)>;

    HttpLane(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls, const Url& url,
             const LinkLimits& limits, Finished finished)
        : io_(io), tls_(std::move(tls)), url_(url), limits_(limits), finished_(std::move(finished)),
          resolver_(io), deadline_(io) {}

    bool busy() const override { return request_.has_value(); }

    void exchange(Request request) override {
        request_ = std::move(request);
        kept_ = connection_ != nullptr;
        deadline_.expires_after(limits_.request_timeout);
        deadline_.async_wait([self = this->shared_from_this(),
                              exchange = ++exchange_](const beast::error_code& error) {
            if (!error && self->exchange_ == exchange && self->busy())
                self->fail(LinkError::timed_out);
        });
        if (connection_) return write();
        open();
    }

    void close() override {
        closed_ = true;
        request_.reset();
        finished_ = {};
        drop_connection();
        deadline_.cancel();
    }

  private:
    void open() {
        if constexpr (std::is_same_v<Stream, TlsStream>)
            connection_ = std::make_shared<Connection<Stream>>(io_, *tls_);
        else
            connection_ = std::make_shared<Connection<Stream>>(io_);
        // The lane keeps the resolver and the TLS context, the connection its stream.
        auto opening = std::make_shared<
            std::pair<std::shared_ptr<HttpLane>, std::shared_ptr<Connection<Stream>>>>(
            this->shared_from_this(), connection_);
        const auto wanted = [self = opening->first, connection = connection_,
                             exchange = exchange_] { return !self->stale(connection, exchange); };
        open_stream(opening, resolver_, connection_->stream, url_, limits_.connect_timeout, wanted,
                    [self = opening->first](std::optional<LinkError> error) {
                        if (error) return self->fail(*error);
                        self->write();
                    });
    }

    void write() {
        auto& message = connection_->request;
        message = {};
        message.method(http::verb::post);
        message.target(url_.target);
        message.version(11);
        message.set(http::field::host, url_.authority());
        message.set(http::field::user_agent, "viz-api");
        message.set(http::field::content_type, "application/json");
        message.set(http::field::accept, "application/json");
        if (const auto basic = basic_authorization(url_); !basic.empty())
            message.set(http::field::authorization, basic);
        message.keep_alive(true);
        message.body() = request_->body;
        message.prepare_payload();
        beast::get_lowest_layer(connection_->stream).expires_after(limits_.request_timeout);
        http::async_write(connection_->stream, message,
                          [self = this->shared_from_this(), connection = connection_,
                           exchange = exchange_](const beast::error_code& error, std::size_t) {
                              if (self->stale(connection, exchange)) return;
                              if (error) return self->broken(error);
                              self->read();
                          });
    }

    void read() {
        auto& parser = connection_->parser.emplace();
        parser.body_limit(limits_.max_message_bytes);
        parser.get().body().limit = limits_.max_message_bytes;
        http::async_read(connection_->stream, connection_->buffer, parser,
                         [self = this->shared_from_this(), connection = connection_,
                          exchange = exchange_](const beast::error_code& error, std::size_t) {
                             if (self->stale(connection, exchange)) return;
                             if (error) return self->broken(error);
                             self->answer();
                         });
    }

    void answer() {
        auto response = connection_->parser->release();
        connection_->parser.reset(); // its read has ended: this is its handler
        // Bytes nobody asked for would be read as the next answer.
        if (!response.keep_alive() || connection_->buffer.size() != 0) drop_connection();
        const auto status = response.result_int();
        if (status == 200) {
            auto& text = response.body().text;
            text.reserve(text.size() + kJsonPadding);
            return complete(std::move(text));
        }
        const auto after = response[http::field::retry_after];
        complete(HttpFailure{.kind = HttpFailure::Kind::status,
                             .link = {},
                             .status = status,
                             .retry_after = retry_after({after.data(), after.size()})});
    }

    // A kept connection may have been closed by the peer at any moment before our request
    // arrived: that says nothing about the request, which is tried once more on a new one.
    void broken(const beast::error_code& error) {
        const auto reason = exchange_error(error);
        if (!kept_ || request_->second_try || reason != LinkError::closed_by_peer ||
            (connection_->parser && connection_->parser->got_some()))
            return fail(reason);
        drop_connection();
        auto request = std::move(*request_);
        request.second_try = true;
        request_.reset();
        deadline_.cancel();
        finished_(std::move(request));
    }

    void fail(LinkError error) {
        drop_connection();
        complete(HttpFailure{
            .kind = HttpFailure::Kind::link, .link = error, .status = 0, .retry_after = {}});
    }

    void complete(std::variant<std::string, HttpFailure> outcome) {
        deadline_.cancel();
        const auto self = this->shared_from_this(); // the callback may end the client
        const auto done = std::move(request_->done);
        request_.reset();
        done(std::move(outcome));
        if (finished_) finished_(std::nullopt);
    }

    void drop_connection() {
        resolver_.cancel();
        if (connection_) beast::get_lowest_layer(connection_->stream).close();
        connection_.reset();
    }

    bool stale(const std::shared_ptr<Connection<Stream>>& connection,
               std::uint64_t exchange) const {
        return closed_ || connection != connection_ || exchange != exchange_ || !request_;
    }

    asio::io_context& io_;
    std::shared_ptr<asio::ssl::context> tls_;
    Url url_;
    LinkLimits limits_;
    Finished finished_;
    NameResolver resolver_;
    asio::steady_timer deadline_;
    std::shared_ptr<Connection<Stream>> connection_; // null between connections
    std::optional<Request> request_;
    std::uint64_t exchange_{};
    bool kept_{};
    bool closed_{};
};

class Pool final : public HttpClient {
  public:
    Pool(asio::io_context& io, const std::shared_ptr<asio::ssl::context>& tls, const Url& url,
         const LinkLimits& limits, std::size_t connections, std::size_t queue)
        : io_(io), queue_limit_(queue), alive_(std::make_shared<Pool*>(this)) {
        const auto finished = [alive = std::weak_ptr<Pool*>(alive_)](std::optional<Request> again) {
            const auto pool = alive.lock();
            if (!pool) return;
            if (again) (*pool)->waiting_.push_front(std::move(*again));
            (*pool)->pump();
        };
        for (std::size_t i = 0; i < connections; ++i) {
            if (url.secure())
                lanes_.push_back(
                    std::make_shared<HttpLane<TlsStream>>(io, tls, url, limits, finished));
            else
                lanes_.push_back(
                    std::make_shared<HttpLane<PlainStream>>(io, tls, url, limits, finished));
        }
    }
    ~Pool() override {
        for (auto& lane : lanes_) lane->close();
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    void post(std::string body, Callback done) override {
        if (waiting_.size() >= queue_limit_) {
            asio::post(io_, [done = std::move(done), alive = std::weak_ptr<Pool*>(alive_)] {
                if (!alive.expired())
                    done(HttpFailure{.kind = HttpFailure::Kind::overloaded,
                                     .link = {},
                                     .status = 0,
                                     .retry_after = {}});
            });
            return;
        }
        waiting_.push_back({std::move(body), std::move(done), false});
        pump();
    }

  private:
    void pump() {
        for (auto& lane : lanes_) {
            if (waiting_.empty()) return;
            if (lane->busy()) continue;
            auto request = std::move(waiting_.front());
            waiting_.pop_front();
            lane->exchange(std::move(request));
        }
    }

    asio::io_context& io_;
    std::size_t queue_limit_;
    std::shared_ptr<Pool*> alive_;
    std::vector<std::shared_ptr<Lane>> lanes_;
    std::deque<Request> waiting_;
};

} // namespace

std::string_view HttpFailure::reason() const {
    switch (kind) {
    case Kind::overloaded:
        return "overloaded";
    case Kind::link:
        return to_string(link);
    case Kind::status:
        break;
    }
    if (status == 429) return "http_429";
    return status >= 500 && status < 600 ? "http_5xx" : "http_other";
}

std::unique_ptr<HttpClient> make_http_client(asio::io_context& io,
                                             const std::shared_ptr<asio::ssl::context>& tls,
                                             const Url& url, const LinkLimits& limits,
                                             std::size_t connections, std::size_t queue) {
    return std::make_unique<Pool>(io, tls, url, limits, connections, queue);
}

std::shared_ptr<asio::ssl::context> make_tls_context(const std::string& ca_file) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    context->set_default_verify_paths();
    if (!ca_file.empty()) context->load_verify_file(ca_file);
    context->set_verify_mode(asio::ssl::verify_peer);
    if (SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION) != 1)
        throw std::runtime_error("TLS 1.2 is not available");
    return context;
}

} // namespace viz::node
