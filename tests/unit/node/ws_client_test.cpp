// The WebSocket client against a peer that answers the upgrade with exact bytes.
#include <array>
#include <chrono>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>

#include "components/node/transport.hpp"

namespace viz::node {
namespace {

using Tcp = boost::asio::ip::tcp;

// How the link ends that is answered so; nothing when it has not ended after ten seconds.
std::optional<LinkError> end_of_link(const std::string& answer, bool close) {
    boost::asio::io_context io;
    boost::asio::io_context peers;
    Tcp::acceptor acceptor(peers, {boost::asio::ip::address_v4::loopback(), 0});
    acceptor.non_blocking(true);
    Tcp::socket peer(peers);
    std::optional<LinkError> ended;
    const auto url =
        parse_url("ws://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
    WsHandlers handlers;
    handlers.on_open = [] {};
    handlers.on_message = [](PaddedText) {};
    handlers.on_closed = [&](LinkError error) { ended = error; };
    auto link = connect_ws(io, nullptr, url.value(), {}, std::move(handlers));
    bool answered = false;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!ended && std::chrono::steady_clock::now() < deadline) {
        io.poll();
        boost::system::error_code error;
        if (!peer.is_open()) {
            acceptor.accept(peer, error);
            if (error) peer.close(error);
        } else if (!answered && peer.available(error) != 0) {
            answered = true;
            boost::asio::write(peer, boost::asio::buffer(answer), error);
            if (close) peer.shutdown(Tcp::socket::shutdown_both, error);
        }
        std::this_thread::yield();
    }
    return ended;
}

TEST(WsClient, AnAnswerThatClaimsAHugeBodyEndsTheLinkAndNothingElse) {
    for (const auto* length : {"65537", "1099511627776", "4611686018427387904",
                               "18446744073709551615", "18446744073709551616"})
        for (const bool close : {false, true})
            EXPECT_EQ(end_of_link("HTTP/1.1 200 OK\r\nContent-Length: " + std::string(length) +
                                      "\r\n\r\n{",
                                  close),
                      LinkError::handshake_failed)
                << length;
}

TEST(WsClient, ADeclineWithoutEndEndsTheLink) {
    const std::string declined = "HTTP/1.1 403 Forbidden\r\n";
    const std::string endless(256u << 10, 'x');
    for (const auto& body :
         {"Transfer-Encoding: chunked\r\n\r\n1;" + endless,
          "Transfer-Encoding: chunked\r\n\r\n100000\r\n" + endless, "\r\n" + endless})
        EXPECT_EQ(end_of_link(declined + body, false), LinkError::handshake_failed)
            << body.substr(0, 40);
}

TEST(WsClient, AHeaderWithoutEndEndsTheLink) {
    const std::string endless = "HTTP/1.1 101 Switching Protocols\r\nX: ";
    EXPECT_EQ(end_of_link(endless + std::string(1u << 20, 'x'), false),
              LinkError::handshake_failed);
}

TEST(WsClient, ANodeThatDeclinesTheUpgradeEndsTheLink) {
    EXPECT_EQ(end_of_link("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", true),
              LinkError::handshake_failed);
    EXPECT_EQ(end_of_link("garbage\r\n\r\n", true), LinkError::handshake_failed);
    EXPECT_EQ(end_of_link("", true), LinkError::handshake_failed);
}

} // namespace
} // namespace viz::node
