// A request of a thread that may wait ends with a stop or its time, wherever it is.
#include "components/node/blocking_http.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <gmock/gmock.h>

#include "tests/unit/node/scripted_peer.hpp"

namespace viz::node {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::ScriptedPeer;
using Outcome = std::variant<std::string, HttpFailure>;

constexpr LinkLimits kPatient{.connect_timeout = 1h, .request_timeout = 1h};

HostAddresses loopback(const std::string&) {
    return {.error = {}, .addresses = {asio::ip::make_address("127.0.0.1")}};
}

bool timed_out(const Outcome& outcome) {
    const auto* failure = std::get_if<HttpFailure>(&outcome);
    return failure != nullptr && failure->link == LinkError::timed_out;
}

// Stops the request once `reached` says that it is where it should be. `turn` is the peer's.
void expect_stop(const Url& url, const std::function<void()>& turn,
                 const std::function<bool()>& reached) {
    BlockingHttp http(url, "", kPatient, loopback);
    std::stop_source stop;
    std::atomic<bool> ended{false};
    Outcome outcome;
    std::jthread caller([&] {
        outcome = http.post("{}", stop.get_token());
        ended = true;
    });
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!reached() && !ended && std::chrono::steady_clock::now() < deadline) {
        turn();
        std::this_thread::yield();
    }
    EXPECT_TRUE(reached());
    EXPECT_FALSE(ended) << "it waits";
    stop.request_stop();
    caller.join();
    EXPECT_TRUE(timed_out(outcome));
    EXPECT_TRUE(timed_out(http.post("{}", {}, 20ms))) << "the next request has its own time";
}

// The peer sends `first` once it was asked, and `then` now and then.
void expect_stop_at_a_peer(const std::string& scheme, const std::string& first = {},
                           const std::string& then = {}) {
    int turns = 0;
    bool asked = false;
    ScriptedPeer peer(
        false,
        [&](std::string& received) {
            asked = asked || !received.empty();
            received.clear();
            if (!asked || turns++ % 100 != 0) return std::string();
            return turns == 1 ? first : then;
        },
        ScriptedPeer::Ends::stays);
    expect_stop(
        peer.url(scheme), [&] { peer.turn(); }, [&] { return asked && turns > 1'000; });
}

TEST(BlockingHttp, AStopEndsAWaitForTheAnswer) {
    expect_stop_at_a_peer("http");
}

TEST(BlockingHttp, AStopEndsATlsHandshakeThatIsNeverAnswered) {
    expect_stop_at_a_peer("https");
}

TEST(BlockingHttp, AStopEndsAnAnswerThatComesByTheByte) {
    expect_stop_at_a_peer("http", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", " ");
}

// A listener whose queue is full drops what else would connect.
TEST(BlockingHttp, AStopEndsAConnectThatIsNeverAnswered) {
    asio::io_context io;
    asio::ip::tcp::acceptor full(io);
    full.open(asio::ip::tcp::v4());
    full.bind({asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    const auto endpoint = full.local_endpoint();
    std::vector<asio::ip::tcp::socket> queued;
    for (int i = 0; i < 4; ++i) {
        auto& socket = queued.emplace_back(io, asio::ip::tcp::v4());
        socket.non_blocking(true);
        // Asio's connect() would wait for it.
        (void)::connect(socket.native_handle(), endpoint.data(),
                        static_cast<socklen_t>(endpoint.size()));
    }
    int waited = 0;
    expect_stop(
        *parse_url("http://127.0.0.1:" + std::to_string(endpoint.port())), [&] { ++waited; },
        [&] { return waited > 1'000; });
}

TEST(BlockingHttp, ARequestEndsWithItsTime) {
    ScriptedPeer silent(
        false, [](std::string&) { return std::string(); }, ScriptedPeer::Ends::stays);
    BlockingHttp http(silent.url("http"), "", kPatient, loopback);
    EXPECT_TRUE(timed_out(http.post("{}", {}, 50ms)));
}

} // namespace
} // namespace viz::node
