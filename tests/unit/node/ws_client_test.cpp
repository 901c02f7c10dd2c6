// The WebSocket client against a peer that sends exact bytes: an operation that completes in the
// same turn of the loop in which it is cancelled touches nothing that is gone (run under
// AddressSanitizer).
#include <array>

#include <boost/asio/io_context.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <gmock/gmock.h>

#include "components/node/transport.hpp"
#include "tests/unit/node/scripted_peer.hpp"

namespace viz::node {
namespace {

namespace asio = boost::asio;
using test::ScriptedPeer;
using Ends = ScriptedPeer::Ends;

std::string accept_of(const std::string& key) {
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 4.2.2
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 64> base64{};
    const int size = EVP_EncodeBlock(base64.data(), digest.data(), digest.size());
    return {base64.begin(), base64.begin() + size};
}

// Answers the upgrade, with `after` in the same packet, then each frame with `reply`.
ScriptedPeer::Script upgrading(std::string after, std::string reply) {
    return [after = std::move(after), reply = std::move(reply)](std::string& received) {
        if (received.starts_with("GET ")) {
            if (!received.ends_with("\r\n\r\n")) return std::string();
            const std::string name = "Sec-WebSocket-Key: ";
            const auto at = received.find(name) + name.size();
            const auto key = received.substr(at, received.find("\r\n", at) - at);
            received.clear();
            return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
                   accept_of(key) + "\r\n\r\n" + after;
        }
        if (received.size() < 8) return std::string(); // "hi" in a masked frame
        received.clear();
        return reply;
    };
}

// What ends a link, after a number of handlers or in one of the client's own.
enum class Event : std::uint8_t {
    client_ends,
    client_closes,
    peer_closes,
    peer_resets,
    in_open,
    in_message,
    in_closed
};

struct Link {
    asio::io_context io;
    std::unique_ptr<WsClient> client;
    bool ended{}; // by the client: nothing is called any more
    int messages{};
    std::optional<LinkError> closed;

    Link(ScriptedPeer& peer, Event event) {
        test::resolve_to_loopback(io);
        const auto called = [this, event](Event here) {
            EXPECT_FALSE(ended) << "called after the link's end";
            EXPECT_FALSE(closed) << "called after on_closed";
            if (here == Event::in_open) client->send("hi");
            if (event == here) end();
        };
        WsHandlers handlers;
        handlers.on_open = [called] { called(Event::in_open); };
        handlers.on_message = [this, called](PaddedText) {
            ++messages;
            called(Event::in_message);
        };
        handlers.on_closed = [this, called](LinkError error) {
            called(Event::in_closed);
            closed = error;
        };
        client = connect_ws(io, peer.trust(), peer.url("ws"), {}, std::move(handlers));
    }
    void end() {
        ended = true;
        client.reset();
    }
    bool over() const { return closed || messages != 0 || ended; }
};

// Returns whether a message or the end had come before the event.
bool end_after(int steps, ScriptedPeer& peer, Event event) {
    Link link(peer, event);
    const bool finished = test::step(link.io, peer, steps, [&] { return link.over(); });
    if (event == Event::peer_closes || event == Event::peer_resets) {
        peer.cut(event == Event::peer_closes ? Ends::closes : Ends::resets);
        EXPECT_TRUE(test::step(link.io, peer, 1000, [&] { return link.closed.has_value(); }));
        return finished;
    }
    if (event == Event::client_ends) link.end();
    if (event == Event::client_closes && link.client) {
        link.client->close();
        link.ended = true;
    }
    for (int turn = 0; turn < 20; ++turn) link.io.poll();
    return finished;
}

void at_every_step(bool tls, const ScriptedPeer::Script& script, Ends ends, int answers = 2) {
    for (const auto event :
         {Event::client_ends, Event::client_closes, Event::peer_closes, Event::peer_resets}) {
        bool finished = false;
        for (int steps = 0; steps < 200 && !finished; ++steps) {
            ScriptedPeer peer(tls, script, ends, answers);
            finished = end_after(steps, peer, event);
        }
        EXPECT_TRUE(finished) << "the last round reaches the end";
    }
    for (const auto event : {Event::in_open, Event::in_message, Event::in_closed}) {
        ScriptedPeer peer(tls, script, ends, answers);
        EXPECT_TRUE(end_after(200, peer, event));
    }
}

const std::string kText = "\x81\x02[]";
const std::string kClose = std::string("\x88\x02\x03\xe8", 4);

TEST(WsClient, MayEndAtEveryStep) {
    for (const auto ends : {Ends::stays, Ends::closes, Ends::resets})
        at_every_step(false, upgrading("", kText), ends);
}

TEST(WsClient, MayEndAtEveryStepOverTls) {
    for (const auto ends : {Ends::stays, Ends::resets})
        at_every_step(true, upgrading("", kText), ends);
}

TEST(WsClient, MayEndAtEveryStepAlsoWhenMessagesAndTheEndComeAtOnce) {
    at_every_step(false, upgrading(kText, kText), Ends::closes, 1);
    at_every_step(false, upgrading(kText + kText + kClose, kText), Ends::stays);
    at_every_step(false, upgrading("", kText + kText + kClose), Ends::closes);
    at_every_step(false, upgrading("", std::string("\x89\x00", 2) + kText), Ends::closes);
    at_every_step(true, upgrading(kText + kClose, kText), Ends::closes, 1);
}

TEST(WsClient, MayEndAtEveryStepOfABrokenExchange) {
    at_every_step(false, upgrading("", "\x81"), Ends::closes);              // half a frame
    at_every_step(false, upgrading("", "\xf1\x02[]"), Ends::stays);         // reserved bits
    at_every_step(false, upgrading("", "\x81\x82\1\2\3\4[]"), Ends::stays); // masked
    at_every_step(true, upgrading("", "\x81"), Ends::resets);
    at_every_step(
        false,
        [](std::string& received) {
            const bool whole = received.ends_with("\r\n\r\n");
            received.clear();
            return std::string(whole ? "HTTP/1.1 101 Switching" : "");
        },
        Ends::closes, 1);
}

// How the link ends that is answered so; nothing when it has not ended.
std::optional<LinkError> end_of_link(const std::string& answer, bool close) {
    ScriptedPeer peer(
        false,
        [&](std::string& received) {
            const bool asked = !received.empty();
            received.clear();
            return asked ? answer : std::string();
        },
        close ? Ends::closes : Ends::stays);
    Link link(peer, Event::client_ends);
    test::step(link.io, peer, 1000, [&] { return link.closed.has_value(); });
    return link.closed;
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
}

} // namespace
} // namespace viz::node
