// The HTTP client against a peer that sends exact bytes: an operation that completes in the same
// turn of the loop in which it is cancelled touches nothing that is gone (run under
// AddressSanitizer).
#include <array>
#include <chrono>
#include <deque>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>

#include "components/node/transport.hpp"

namespace viz::node {
namespace {

using Tcp = boost::asio::ip::tcp;
using Outcome = std::variant<std::string, HttpFailure>;

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";

// Answers each request as soon as its bytes are there, before the client has looked at anything:
// what the client then starts to read is complete at once, and its handler waits in the loop's
// queue.
class EagerPeer {
  public:
    EagerPeer(std::string answer, bool close) : answer_(std::move(answer)), close_(close) {
        acceptor_.non_blocking(true);
    }
    Url url() const {
        return parse_url("http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()))
            .value();
    }
    void turn() {
        boost::system::error_code error;
        Tcp::socket socket(peers_);
        acceptor_.accept(socket, error);
        if (!error) {
            socket.non_blocking(true);
            sockets_.push_back({std::move(socket), {}});
        }
        for (auto& [peer, text] : sockets_) {
            if (!peer.is_open()) continue;
            std::array<char, 1024> some{};
            const auto size = peer.read_some(boost::asio::buffer(some), error);
            text.append(some.data(), error ? 0 : size);
            if (!text.ends_with("\r\n\r\n[]")) continue;
            text.clear();
            boost::asio::write(peer, boost::asio::buffer(answer_), error);
            if (close_) peer.close();
        }
    }

  private:
    struct Connection {
        Tcp::socket socket;
        std::string text;
    };
    std::string answer_;
    bool close_;
    boost::asio::io_context peers_;
    Tcp::acceptor acceptor_{peers_, {boost::asio::ip::address_v4::loopback(), 0}};
    std::deque<Connection> sockets_;
};

// Two requests, and the end of the client after `steps` handlers of the loop. Returns the number of
// callbacks, and whether the client was still there after all that was to be done.
struct Ended {
    int called{};
    bool finished{};
};
Ended end_after(int steps, EagerPeer& peer, bool in_callback) {
    boost::asio::io_context io;
    auto client = make_http_client(io, nullptr, peer.url(), {}, 2, 8);
    Ended ended;
    const auto done = [&](const Outcome&) {
        ++ended.called;
        if (in_callback) client.reset();
    };
    for (int i = 0; i < 2; ++i) client->post("[]", done);
    // Handlers run one at a time; the peer acts between any two of them.
    // The address is resolved in a thread of Asio's.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (int step = 0; step < steps && ended.called < 2 && client;) {
        peer.turn();
        if (io.poll_one() != 0)
            ++step;
        else if (std::chrono::steady_clock::now() > deadline)
            break;
        else
            std::this_thread::yield();
    }
    ended.finished = ended.called == 2;
    client.reset();
    for (int turn = 0; turn < 20; ++turn) io.poll();
    return ended;
}

// Ends the client after each number of handlers until all of an exchange has happened before.
void end_at_every_step(const std::string& answer, bool close) {
    bool finished = false;
    for (int steps = 0; steps < 60; ++steps) {
        EagerPeer peer(answer, close);
        finished = end_after(steps, peer, false).finished;
    }
    EXPECT_TRUE(finished) << "the last rounds reach the end";
    EagerPeer peer(answer, close);
    EXPECT_EQ(end_after(60, peer, true).called, 1) << "nothing is called once the client has ended";
}

// The outcome of one request to a peer that sends these bytes in one packet.
Outcome outcome_of(const std::string& answer, const LinkLimits& limits) {
    boost::asio::io_context io;
    EagerPeer peer(answer, false);
    auto client = make_http_client(io, nullptr, peer.url(), limits, 1, 1);
    std::optional<Outcome> outcome;
    client->post("[]", [&](Outcome ended) { outcome = std::move(ended); });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!outcome && std::chrono::steady_clock::now() < deadline) {
        peer.turn();
        if (io.poll() == 0) std::this_thread::yield();
    }
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

TEST(HttpClient, MayEndAtEveryStepOfAnExchange) {
    end_at_every_step(kAnswer, false);
    end_at_every_step(kAnswer, true);
}

TEST(HttpClient, MayEndAtEveryStepOfABrokenExchange) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{17}, kAnswer.size() - 1})
        end_at_every_step(kAnswer.substr(0, size), true);
    end_at_every_step(kAnswer + "x", false);
    end_at_every_step("garbage\r\n\r\n", true);
}

} // namespace
} // namespace viz::node
