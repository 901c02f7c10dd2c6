// The HTTP client against a peer that sends exact bytes: an operation that completes in the same
// turn of the loop in which it is cancelled touches nothing that is gone (run under
// AddressSanitizer).
#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>

#include "components/node/transport.hpp"
#include "tests/unit/node/scripted_peer.hpp"

namespace viz::node {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::ScriptedPeer;
using Outcome = std::variant<std::string, HttpFailure>;

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";

// Answers a request as soon as it is there.
ScriptedPeer::Script answering(std::string answer) {
    return [answer = std::move(answer)](std::string& received) {
        if (!received.ends_with("\r\n\r\n[]")) return std::string();
        received.clear();
        return answer;
    };
}

// What ends an exchange after a number of handlers.
enum class Event : std::uint8_t { client_ends, peer_closes, peer_resets };

struct Ended {
    int called{};
    bool finished{}; // before the event
};
// Two requests at once, and the event after `steps` handlers of the loop. Whatever was to be done
// then is done.
Ended end_after(int steps, ScriptedPeer& peer, Event event, bool in_callback = false) {
    asio::io_context io;
    test::resolve_to_loopback(io);
    const LinkLimits limits{.connect_timeout = 30s, .request_timeout = 30s};
    auto client = make_http_client(io, peer.trust(), peer.url("http"), limits, 2, 8);
    Ended ended;
    const auto done = [&](const Outcome&) {
        ++ended.called;
        if (in_callback) client.reset();
    };
    for (int i = 0; i < 2; ++i) client->post("[]", done);
    ended.finished =
        test::step(io, peer, steps, [&] { return ended.called == 2 || client == nullptr; });
    if (event == Event::client_ends) {
        client.reset();
        const auto called = ended.called;
        for (int turn = 0; turn < 20; ++turn) io.poll();
        EXPECT_EQ(ended.called, called) << "nothing is called once the client has ended";
    } else if (!in_callback) {
        peer.cut(event == Event::peer_closes ? ScriptedPeer::Ends::closes
                                             : ScriptedPeer::Ends::resets);
        EXPECT_TRUE(test::step(io, peer, 1000, [&] { return ended.called == 2; }))
            << "each request has an outcome";
    }
    return ended;
}

// Until all of an exchange has happened before the event.
void at_every_step(bool tls, const std::string& answer, ScriptedPeer::Ends ends) {
    for (const auto event : {Event::client_ends, Event::peer_closes, Event::peer_resets}) {
        bool finished = false;
        for (int steps = 0; steps < 200 && !finished; ++steps) {
            ScriptedPeer peer(tls, answering(answer), ends);
            finished = end_after(steps, peer, event).finished;
        }
        EXPECT_TRUE(finished) << "the last round reaches the end";
    }
    ScriptedPeer peer(tls, answering(answer), ends);
    EXPECT_EQ(end_after(200, peer, Event::client_ends, true).called, 1);
}

// The outcome of one request to a peer that sends these bytes in one packet.
Outcome outcome_of(const std::string& answer, const LinkLimits& limits) {
    asio::io_context io;
    test::resolve_to_loopback(io);
    ScriptedPeer peer(false, answering(answer), ScriptedPeer::Ends::stays);
    auto client = make_http_client(io, nullptr, peer.url("http"), limits, 1, 1);
    std::optional<Outcome> outcome;
    client->post("[]", [&](Outcome ended) { outcome = std::move(ended); });
    test::step(io, peer, 1000, [&] { return outcome.has_value(); });
    return outcome.value_or(Outcome{});
}

TEST(HttpClient, ABodyLongerThanTheLimitIsRefusedAlsoWhenItArrivesWithItsHeader) {
    const LinkLimits limits{.max_message_bytes = 64};
    const auto refused = [&](const std::string& answer) {
        const auto outcome = outcome_of(answer, limits);
        const auto* failure = std::get_if<HttpFailure>(&outcome);
        return failure != nullptr && failure->link == LinkError::message_too_big;
    };
    for (const auto* length : {"65", "1099511627776", "4611686018427387904"})
        EXPECT_TRUE(refused("HTTP/1.1 200 OK\r\nContent-Length: " + std::string(length) +
                            "\r\n\r\n" + std::string(65, ' ')))
            << length;
    EXPECT_TRUE(refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n" +
                        std::string(65, ' ') + "\r\n0\r\n\r\n"));
    EXPECT_TRUE(refused("HTTP/1.1 200 OK\r\n\r\n" + std::string(65, ' ')));
    const auto whole =
        outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + std::string(64, ' '), limits);
    ASSERT_TRUE(std::holds_alternative<std::string>(whole));
    EXPECT_EQ(std::get<std::string>(whole), std::string(64, ' '));
}

using Ends = ScriptedPeer::Ends;

TEST(HttpClient, MayEndAtEveryStepOfAnExchange) {
    for (const auto ends : {Ends::stays, Ends::closes, Ends::resets})
        at_every_step(false, kAnswer, ends);
}

TEST(HttpClient, MayEndAtEveryStepOfABrokenExchange) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{17}, kAnswer.size() - 1})
        for (const auto ends : {Ends::closes, Ends::resets})
            at_every_step(false, kAnswer.substr(0, size), ends);
    at_every_step(false, kAnswer + "x", Ends::stays);
    at_every_step(false, "garbage\r\n\r\n", Ends::closes);
}

TEST(HttpClient, MayEndAtEveryStepOfAnExchangeOverTls) {
    for (const auto ends : {Ends::stays, Ends::resets}) at_every_step(true, kAnswer, ends);
    at_every_step(true, kAnswer.substr(0, kAnswer.size() - 1), Ends::closes);
}

// The peer answers TLS's first message with what is not TLS.
TEST(HttpClient, MayEndAtEveryStepOfATlsHandshakeThatFails) {
    for (const auto event : {Event::client_ends, Event::peer_closes, Event::peer_resets})
        for (int steps = 0; steps < 30; ++steps) {
            ScriptedPeer trusted(true, answering(""), Ends::stays);
            ScriptedPeer peer(
                false,
                [](std::string& received) {
                    const bool hello = received.size() > 100;
                    received.clear();
                    return std::string(hello ? "HTTP/1.1 400 Bad Request\r\n\r\n" : "");
                },
                steps % 2 == 0 ? Ends::stays : Ends::closes);
            asio::io_context io;
            test::resolve_to_loopback(io);
            int called = 0;
            auto client = make_http_client(io, trusted.trust(), peer.url("https"), {}, 2, 8);
            for (int i = 0; i < 2; ++i)
                client->post("[]", [&](const Outcome& outcome) {
                    ++called;
                    EXPECT_TRUE(std::holds_alternative<HttpFailure>(outcome));
                });
            test::step(io, peer, steps, [&] { return called == 2; });
            if (event == Event::client_ends) {
                client.reset();
                for (int turn = 0; turn < 20; ++turn) io.poll();
                continue;
            }
            peer.cut(event == Event::peer_closes ? Ends::closes : Ends::resets);
            EXPECT_TRUE(test::step(io, peer, 1000, [&] { return called == 2; }));
        }
}

} // namespace
} // namespace viz::node
