// Sockets that are handed over: what connects while nobody serves is served by who comes next.
#include <future>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "http/listening.hpp"
#include "tests/integration/http/server_parts.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace viz::test {
namespace {

http::ServerConfig on(const http::UniqueFd& socket) {
    http::ServerConfig config;
    config.sockets = {socket.get()};
    return config;
}

TEST(Listening, ServesOnASocketThatWasHandedOver) {
    const auto socket = http::listen_on("127.0.0.1:0");
    ServerParts parts(on(socket));
    EXPECT_EQ(parts.port(), http::port_of(socket.get()));
    EXPECT_EQ(parts.server.address(), http::address_of(socket.get()));
    HttpClient client(parts.port());
    EXPECT_EQ(client.get("/health").status, 200);
}

TEST(Listening, WhatConnectedBeforeTheStartIsServed) {
    const auto socket = http::listen_on("127.0.0.1:0");
    HttpClient early(http::port_of(socket.get()));
    early.send(HttpClient::request("/health"));
    ServerParts parts(on(socket));
    EXPECT_EQ(early.read_reply().status, 200);
}

TEST(Listening, WhatConnectsBetweenTwoServersIsServedByTheSecond) {
    const auto socket = http::listen_on("127.0.0.1:0");
    {
        ServerParts first(on(socket));
        HttpClient client(first.port());
        EXPECT_EQ(client.get("/health").status, 200);
    }
    HttpClient between(http::port_of(socket.get()));
    between.send(HttpClient::request("/health"));
    ServerParts second(on(socket));
    EXPECT_EQ(between.read_reply().status, 200);
}

// The one that was taken at the last moment, before its request was there.
TEST(Listening, WhoWasLetInIsAnsweredThoughTheServerStops) {
    const auto socket = http::listen_on("127.0.0.1:0");
    auto config = on(socket);
    config.drain = std::chrono::seconds(10);
    ServerParts parts(config);
    HttpClient late(parts.port());
    HttpClient half(parts.port());
    half.send("GET /health HT");
    ASSERT_TRUE(eventually([&] { return parts.server.connections() == 2; }));
    auto stopped = std::async(std::launch::async, [&] { parts.server.stop(); });
    EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
    late.send(HttpClient::request("/health"));
    EXPECT_EQ(late.read_reply().status, 200);
    half.send("TP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(half.read_reply().status, 200);
    EXPECT_EQ(stopped.wait_for(std::chrono::seconds(5)), std::future_status::ready);
}

TEST(Listening, AClientThatNeverAsksHoldsAStopUpNoLongerThanTheDrain) {
    ServerParts parts({.drain = std::chrono::milliseconds(50)});
    HttpClient silent(parts.port());
    ASSERT_TRUE(eventually([&] { return parts.server.connections() == 1; }));
    parts.server.stop();
    EXPECT_EQ(silent.drain(), "");
    EXPECT_TRUE(silent.ended());
}

TEST(Listening, ManyClientsThroughTenServersOneAfterTheOtherAreAllAnswered) {
    const auto socket = http::listen_on("127.0.0.1:0");
    std::atomic<bool> going{true};
    std::atomic<int> answered{0};
    std::vector<std::future<int>> clients;
    for (int i = 0; i < 4; ++i)
        clients.push_back(std::async(std::launch::async, [&] {
            int failed = 0;
            while (going) {
                HttpClient client(http::port_of(socket.get()));
                client.send(HttpClient::request("/health", "Connection: close\r\n"));
                client.read_reply().status == 200 ? ++answered : ++failed;
            }
            return failed;
        }));
    for (int i = 0; i < 10; ++i) {
        ServerParts parts(on(socket));
        const int before = answered;
        EXPECT_TRUE(eventually([&] { return answered > before + 20; }));
    }
    going = false;
    ServerParts last(on(socket));
    for (auto& client : clients) EXPECT_EQ(client.get(), 0);
}

TEST(Listening, TakesAUnixSocket) {
    const TempDir dir;
    const auto path = dir.file("api.sock");
    const http::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
    ASSERT_LT(path.size(), sizeof name.sun_path);
    path.copy(name.sun_path, path.size());
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    ASSERT_EQ(::listen(socket.get(), 8), 0);
    ServerParts parts(on(socket));
    EXPECT_EQ(parts.server.address(), path);
    EXPECT_EQ(parts.port(), 0);
    const http::UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    const auto asked = HttpClient::request("/health", "Connection: close\r\n");
    ASSERT_EQ(::send(client.get(), asked.data(), asked.size(), 0), ssize_t(asked.size()));
    std::string reply(64, '\0');
    reply.resize(static_cast<std::size_t>(::recv(client.get(), reply.data(), reply.size(), 0)));
    EXPECT_THAT(reply, testing::StartsWith("HTTP/1.1 200"));
}

TEST(Listening, RefusesWhatDoesNotListen) {
    const http::UniqueFd idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const http::UniqueFd datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const http::UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (const auto* one : {&idle, &datagrams, &file})
        EXPECT_THROW(http::share_listener(one->get()), std::runtime_error);
    EXPECT_THROW(http::share_listener(-1), std::runtime_error);
}

TEST(Listening, UnderstandsTheFormsOfAnAddress) {
    EXPECT_THAT(http::address_of(http::listen_on("127.0.0.1:0").get()),
                testing::StartsWith("127.0.0.1:"));
    EXPECT_THAT(http::address_of(http::listen_on("localhost:0").get()),
                testing::MatchesRegex("(127\\.0\\.0\\.1|\\[::1\\]):[0-9]+"));
    EXPECT_NE(http::port_of(http::listen_on("*:0").get()), 0);
    for (const auto* bad : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                            "no such host:80", "192.0.2.1:0"})
        EXPECT_THROW(http::listen_on(bad), std::runtime_error) << bad;
}

} // namespace
} // namespace viz::test
