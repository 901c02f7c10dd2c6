// The WebSocket end of a node connection.
#include <deque>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "components/node/connect.hpp"
#include "components/node/handshake_guard.hpp"

namespace viz::node {

namespace websocket = beast::websocket;

namespace {

constexpr auto kUserAgent = "viz-api";
// A peer that answers no ping for this long is gone although the socket looks alive.
constexpr std::chrono::seconds kIdleTimeout{30};
// We send a handful of requests; a peer that does not take them is stuck.
constexpr std::size_t kMaxQueuedMessages = 1024;

LinkError read_error(const beast::error_code& error) {
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow)
        return LinkError::message_too_big;
    if (error == beast::error::timeout) return LinkError::timed_out;
    if (error == websocket::condition::protocol_violation) return LinkError::protocol_error;
    return LinkError::closed_by_peer;
}

// A peer that broke the protocol must not hold the connection by not closing it: Beast would wait
// for its end of stream. These streams are closed at once.
template <class Stream> struct AbruptStream : GuardedStream<Stream> {
    using GuardedStream<Stream>::GuardedStream;
};
template <class Stream, class Handler>
void async_teardown(beast::role_type, AbruptStream<Stream>& stream, Handler&& handler) {
    auto& lowest = beast::get_lowest_layer(stream);
    lowest.socket().close();
    asio::post(lowest.get_executor(),
               beast::bind_front_handler(std::forward<Handler>(handler), beast::error_code{}));
}

template <class Stream> class WsLink : public std::enable_shared_from_this<WsLink<Stream>> {
  public:
    template <class... Args>
    WsLink(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls, const Url& url,
           const LinkLimits& limits, WsHandlers handlers, Args&&... args)
        : tls_(std::move(tls)), url_(url), limits_(limits),
          handlers_(std::make_shared<WsHandlers>(std::move(handlers))), resolver_(io),
          stream_(io, std::forward<Args>(args)...), deadline_(io) {
        buffer_.max_size(limits_.max_message_bytes + kJsonPadding);
        buffer_.reserve(std::min<std::size_t>(limits_.max_message_bytes, 64u << 10));
    }

    void start() {
        auto self = this->shared_from_this();
        // Name resolution has no timeout of its own.
        deadline_.expires_after(limits_.connect_timeout);
        deadline_.async_wait([self](const beast::error_code& error) {
            if (!error && !self->open_) self->fail(LinkError::timed_out);
        });
        open_stream(
            self, resolver_, stream_.next_layer(), url_, limits_.connect_timeout,
            [self] { return !self->done_; },
            [self](std::optional<LinkError> error) {
                if (error) return self->fail(*error);
                self->handshake();
            });
    }

    void send(std::string message) {
        if (done_) return;
        if (outgoing_.size() >= kMaxQueuedMessages) return fail_later(LinkError::timed_out);
        outgoing_.push_back(std::move(message));
        write();
    }

    void close() {
        done_ = true;
        handlers_.reset();
        resolver_.cancel();
        deadline_.cancel();
        beast::get_lowest_layer(stream_).close();
    }

  private:
    void handshake() {
        if (done_) return;
        beast::get_lowest_layer(stream_).expires_never();
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = limits_.connect_timeout;
        timeouts.idle_timeout = kIdleTimeout;
        timeouts.keep_alive_pings = true;
        stream_.set_option(timeouts);
        stream_.set_option(
            websocket::stream_base::decorator([this](websocket::request_type& request) {
                request.set(beast::http::field::user_agent, kUserAgent);
                if (const auto basic = basic_authorization(url_); !basic.empty())
                    request.set(beast::http::field::authorization, basic);
            }));
        stream_.read_message_max(limits_.max_message_bytes);
        stream_.async_handshake(url_.authority(), url_.target,
                                [self = this->shared_from_this()](const beast::error_code& error) {
                                    if (self->done_) return;
                                    if (error)
                                        return self->fail(error == beast::error::timeout
                                                              ? LinkError::timed_out
                                                              : LinkError::handshake_failed);
                                    self->open_ = true;
                                    self->deadline_.cancel();
                                    const auto handlers = self->handlers_;
                                    handlers->on_open();
                                    if (self->done_) return;
                                    if (!self->outgoing_.empty()) self->write();
                                    self->read();
                                });
    }

    void read() {
        stream_.async_read(buffer_, [self = this->shared_from_this()](
                                        const beast::error_code& error, std::size_t) {
            if (self->done_) return;
            if (error) return self->fail(read_error(error));
            self->deliver();
        });
    }

    void deliver() {
        const auto size = buffer_.size();
        buffer_.prepare(kJsonPadding);
        const auto* data = static_cast<const char*>(buffer_.cdata().data());
        const auto handlers = handlers_;
        handlers->on_message({std::string_view(data, size), size + kJsonPadding});
        if (done_) return;
        buffer_.consume(size);
        // One large message must not keep its memory for the connection's life.
        if (buffer_.capacity() > (1u << 20)) buffer_.shrink_to_fit();
        read();
    }

    void write() {
        if (!open_ || writing_ || outgoing_.empty()) return;
        writing_ = true;
        stream_.text(true);
        stream_.async_write(
            asio::buffer(outgoing_.front()),
            [self = this->shared_from_this()](const beast::error_code& error, std::size_t) {
                if (self->done_) return;
                if (error) return; // the read side reports it
                self->writing_ = false;
                self->outgoing_.pop_front();
                self->write();
            });
    }

    void fail_later(LinkError error) {
        asio::post(stream_.get_executor(),
                   [self = this->shared_from_this(), error] { self->fail(error); });
    }

    void fail(LinkError error) {
        if (done_) return;
        const auto handlers = handlers_;
        close();
        handlers->on_closed(error);
    }

    std::shared_ptr<asio::ssl::context> tls_;
    Url url_;
    LinkLimits limits_;
    std::shared_ptr<WsHandlers> handlers_; // shared: one may be running when the link is closed
    NameResolver resolver_;
    websocket::stream<AbruptStream<Stream>> stream_;
    asio::steady_timer deadline_;
    beast::flat_buffer buffer_;
    std::deque<std::string> outgoing_;
    bool open_{false};
    bool writing_{false};
    bool done_{false};
};

template <class Stream> class WsHandle final : public WsClient {
  public:
    explicit WsHandle(std::shared_ptr<WsLink<Stream>> link) : link_(std::move(link)) {
        link_->start();
    }
    ~WsHandle() override { link_->close(); }
    WsHandle(const WsHandle&) = delete;
    WsHandle& operator=(const WsHandle&) = delete;

    void send(std::string message) override { link_->send(std::move(message)); }
    void close() override { link_->close(); }

  private:
    std::shared_ptr<WsLink<Stream>> link_;
};

} // namespace

std::unique_ptr<WsClient> connect_ws(asio::io_context& io, std::shared_ptr<asio::ssl::context> tls,
                                     const Url& url, const LinkLimits& limits,
                                     WsHandlers handlers) {
    if (url.secure()) {
        auto& context = *tls;
        return std::make_unique<WsHandle<TlsStream>>(std::make_shared<WsLink<TlsStream>>(
            io, std::move(tls), url, limits, std::move(handlers), context));
    }
    return std::make_unique<WsHandle<PlainStream>>(std::make_shared<WsLink<PlainStream>>(
        io, std::move(tls), url, limits, std::move(handlers)));
}

} // namespace viz::node
