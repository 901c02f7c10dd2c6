// The two ways to talk to a node, as interfaces: sessions are written against these. Everything
// runs on the loop's thread; no callback is called from within the call that registers it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "components/node/link_error.hpp"
#include "components/node/padded_text.hpp"
#include "components/node/url.hpp"

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
} // namespace boost::asio

namespace viz::node {

struct LinkLimits {
    std::chrono::milliseconds connect_timeout{10'000}; // resolve, TCP, TLS and handshake together
    std::chrono::milliseconds request_timeout{15'000};
    std::size_t max_message_bytes{32u << 20};
};

// Trust store of TLS connections: the system's authorities and those of `ca_file` (PEM; empty:
// none). The peer's certificate and host name are always verified. Throws on an unreadable file.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const std::string& ca_file);

struct WsHandlers {
    std::function<void()> on_open;
    std::function<void(PaddedText)> on_message; // valid during the call
    // Once; nothing is called afterwards.
    std::function<void(LinkError)> on_closed;
};

class WsClient {
  public:
    virtual ~WsClient() = default;
    virtual void send(std::string message) = 0;
    // No handler is called any more.
    virtual void close() = 0;
};

// Starts connecting at once. The connection ends with close() or the object's end.
std::unique_ptr<WsClient> connect_ws(boost::asio::io_context& io,
                                     std::shared_ptr<boost::asio::ssl::context> tls, const Url& url,
                                     const LinkLimits& limits, WsHandlers handlers);

struct HttpFailure {
    enum class Kind : std::uint8_t { link, status, overloaded };
    Kind kind{Kind::link};
    LinkError link{LinkError::connect_failed};            // kind link
    unsigned status{};                                    // kind status
    std::optional<std::chrono::milliseconds> retry_after; // kind status, where the node said so
    // Stable text for counters: "timed_out", "http_429", "http_5xx", "http_other", "overloaded"…
    std::string_view reason() const;
};

class HttpClient {
  public:
    // Body with room behind it, or why there is none.
    using Callback = std::function<void(std::variant<std::string, HttpFailure>)>;

    virtual ~HttpClient() = default;
    // POSTs JSON. Each callback is called once, unless the client ends before.
    virtual void post(std::string body, Callback done) = 0;
};

// Keep-alive connections, `connections` at most; `queue` requests wait at most, more fail as
// `overloaded`.
std::unique_ptr<HttpClient> make_http_client(boost::asio::io_context& io,
                                             const std::shared_ptr<boost::asio::ssl::context>& tls,
                                             const Url& url, const LinkLimits& limits,
                                             std::size_t connections, std::size_t queue);

} // namespace viz::node
