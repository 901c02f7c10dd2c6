// From a URL to a connected (and for TLS: verified) stream; shared by the WebSocket and HTTP
// clients.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>

#include "components/node/name_lookup.hpp"
#include "components/node/transport.hpp"

namespace viz::node {

namespace asio = boost::asio;
namespace beast = boost::beast;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

// `owner` keeps the resolver and the stream alive. `wanted` says whether the stream is still to be
// opened: it may have been closed in the turn of the loop in which a step completed, and the next
// step would open its socket again. `done` is not called once it is not.
template <class Stream, class Owner>
void open_stream(std::shared_ptr<Owner> owner, NameResolver& resolver, Stream& stream,
                 const Url& url, std::chrono::milliseconds timeout,
                 const std::function<bool()>& wanted,
                 const std::function<void(std::optional<LinkError>)>& done) {
    auto& lowest = beast::get_lowest_layer(stream);
    lowest.expires_after(timeout);
    const auto connected = [owner, &stream, host = url.host, wanted,
                            done](const beast::error_code& error, const auto&) {
        if (!wanted()) return;
        if (error)
            return done(error == beast::error::timeout ? LinkError::timed_out
                                                       : LinkError::connect_failed);
        beast::error_code ignored;
        beast::get_lowest_layer(stream).socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        if constexpr (std::is_base_of_v<TlsStream, Stream>) {
            beast::error_code refused;
            stream.set_verify_callback(asio::ssl::host_name_verification(host), refused);
            const bool is_address = (asio::ip::make_address(host, ignored), !ignored);
            // SNI carries names only (RFC 6066).
            if (!is_address && !SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()))
                return done(LinkError::tls_failed);
            if (refused) return done(LinkError::tls_failed);
            stream.async_handshake(asio::ssl::stream_base::client,
                                   [owner, wanted, done](const beast::error_code& failed) {
                                       if (!wanted()) return;
                                       if (!failed) return done(std::nullopt);
                                       done(failed == beast::error::timeout
                                                ? LinkError::timed_out
                                                : LinkError::tls_failed);
                                   });
        } else {
            done(std::nullopt);
        }
    };
    resolver.async_resolve(
        url.host, url.port,
        [owner, &lowest, connected, wanted, done](const beast::error_code& error,
                                                  const NameLookups::Endpoints& endpoints) {
            if (!wanted()) return;
            if (error) return done(LinkError::resolve_failed);
            lowest.async_connect(endpoints, connected);
        });
}

} // namespace viz::node
