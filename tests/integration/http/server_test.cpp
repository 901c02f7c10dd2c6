#include <atomic>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server_parts.hpp"

namespace viz::test {
namespace {

using testing::HasSubstr;

TEST(HttpServer, ServesOnTheFreePortItReports) {
    ServerParts parts;
    EXPECT_NE(parts.port(), 0);
    EXPECT_EQ(parts.server.address(), "127.0.0.1:" + std::to_string(parts.port()));
    HttpClient client(parts.port());
    const auto reply = client.get("/health");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("server"), "viz-api");
    EXPECT_EQ(reply.headers.at("content-type"), "application/json");
    EXPECT_THAT(reply.body, HasSubstr(R"("status":"ok")"));
}

TEST(HttpServer, RefusesToStartOnATakenAddress) {
    ServerParts first;
    ApiParts api;
    http::Server second(api.api, api.model, api.history, api.metrics,
                        {.bind = "127.0.0.1:" + std::to_string(first.port())});
    EXPECT_THROW(second.start(), std::runtime_error);
}

TEST(HttpServer, KeepsTheConnectionForHttp11Clients) {
    ServerParts parts;
    HttpClient client(parts.port());
    for (int i = 0; i < 5; ++i) {
        const auto reply = client.get("/ready");
        EXPECT_EQ(reply.status, 503);
        EXPECT_EQ(reply.headers.at("connection"), "keep-alive");
    }
    EXPECT_EQ(parts.server.connections(), 1u);
}

TEST(HttpServer, ClosesWhenAskedTo) {
    ServerParts parts;
    HttpClient client(parts.port());
    const auto reply = client.get("/health", "Connection: close\r\n");
    EXPECT_EQ(reply.headers.at("connection"), "close");
    EXPECT_EQ(client.drain(), "");
    EXPECT_TRUE(client.ended());
}

TEST(HttpServer, ClosesAfterHttp10Requests) {
    ServerParts parts;
    HttpClient client(parts.port());
    client.send("GET /health HTTP/1.0\r\n\r\n");
    EXPECT_THAT(client.drain(), HasSubstr("200 OK"));
    EXPECT_TRUE(client.ended());
}

TEST(HttpServer, AnswersHalfClosedClients) {
    ServerParts parts;
    HttpClient client(parts.port());
    client.send(HttpClient::request("/health"));
    client.half_close();
    EXPECT_THAT(client.drain(), HasSubstr("200 OK"));
}

TEST(HttpServer, TakesARequestInPieces) {
    ServerParts parts;
    HttpClient client(parts.port());
    for (const char c : HttpClient::request("/health")) client.send(std::string(1, c));
    EXPECT_EQ(client.read_reply().status, 200);
}

TEST(HttpServer, AnswersHeadWithoutABody) {
    ServerParts parts;
    HttpClient client(parts.port());
    client.send(HttpClient::request("/health", {}, "HEAD"));
    const auto reply = client.read_reply(true);
    EXPECT_EQ(reply.status, 200);
    EXPECT_GT(std::stoi(reply.headers.at("content-length")), 0);
    EXPECT_EQ(client.get("/health").status, 200) << "no stray body before the next answer";
}

TEST(HttpServer, RefusesOtherMethods) {
    ServerParts parts;
    HttpClient client(parts.port());
    for (const auto* method : {"POST", "PUT", "DELETE", "PATCH"}) {
        client.send(HttpClient::request("/events", "Content-Length: 2\r\n", method) + "{}");
        const auto reply = client.read_reply();
        EXPECT_EQ(reply.status, 405) << method;
        EXPECT_EQ(reply.headers.at("allow"), "GET, HEAD, OPTIONS");
        EXPECT_THAT(reply.body, HasSubstr(R"({"error":{"code":"method_not_allowed")"));
    }
}

TEST(HttpServer, RefusesTooLargeRequestsInItsOwnWords) {
    ServerParts parts;
    HttpClient client(parts.port());
    client.send(HttpClient::request("/events", "X-Long: " + std::string(20'000, 'a') + "\r\n"));
    const auto reply = client.read_reply();
    EXPECT_EQ(reply.status, 413);
    EXPECT_THAT(reply.body, HasSubstr(R"({"error":{"code":"payload_too_large")"));
    EXPECT_EQ(reply.headers.at("connection"), "close");
}

TEST(HttpServer, RefusesWhatIsNotHttpInItsOwnWords) {
    ServerParts parts;
    for (const auto* garbage : {"BREW /pot HTTP/1.1\r\n\r\n", "GET / FTP/9\r\n\r\n",
                                "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"}) {
        HttpClient client(parts.port());
        client.send(garbage);
        const auto all = client.drain();
        EXPECT_THAT(all, HasSubstr("HTTP/1.1 4")) << garbage;
        EXPECT_THAT(all, HasSubstr(R"({"error":{"code":)")) << garbage;
    }
}

TEST(HttpServer, PassesHeadersToKeysOriginsAndErrors) {
    ServerParts parts({},
                      {.auth_enabled = true, .api_keys = {"k1"}, .cors_origins = {"https://a"}});
    HttpClient client(parts.port());
    EXPECT_EQ(client.get("/events").status, 401);
    EXPECT_EQ(client.get("/events", "X-API-Key: k1\r\n").status, 200);
    const auto reply = client.get("/events", "x-api-key: k1\r\norigin: https://a\r\n");
    EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "https://a");
    EXPECT_EQ(client.get("/nothing").status, 404);
    EXPECT_EQ(client.get("/replay?from=1", "x-api-key: k1\r\n").status, 400);
}

TEST(HttpServer, AnswersPreflights) {
    ServerParts parts;
    HttpClient client(parts.port());
    client.send(HttpClient::request("/stream", "Origin: https://b\r\n", "OPTIONS"));
    const auto reply = client.read_reply();
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "*");
    EXPECT_THAT(reply.headers.at("access-control-allow-headers"), HasSubstr("x-api-key"));
}

TEST(HttpServer, BoundsItsConnections) {
    ServerParts parts({.max_connections = 2});
    HttpClient first(parts.port());
    HttpClient second(parts.port());
    EXPECT_EQ(first.get("/health").status, 200);
    EXPECT_EQ(second.get("/health").status, 200);
    {
        HttpClient third(parts.port());
        const auto reply = third.get("/transactions");
        EXPECT_EQ(reply.status, 503);
        EXPECT_THAT(reply.body, HasSubstr("unavailable"));
    }
    first.close();
    EXPECT_TRUE(eventually([&] { return parts.server.connections() < 2; }));
    HttpClient again(parts.port());
    EXPECT_EQ(again.get("/health").status, 200);
}

TEST(HttpServer, DropsConnectionsThatDoNotFinishARequest) {
    ServerParts parts({.request_timeout = std::chrono::milliseconds(300)});
    HttpClient silent(parts.port());
    HttpClient slow(parts.port());
    slow.send("GET /health HTT");
    EXPECT_EQ(silent.drain(), "");
    EXPECT_EQ(slow.drain(), "");
    EXPECT_TRUE(silent.ended());
    EXPECT_TRUE(slow.ended());
    EXPECT_TRUE(eventually([&] { return parts.server.connections() == 0; }));
}

// The library would hold the answer until the client's next request, or end with it.
TEST(HttpServer, FinishesLargeAnswersToSlowReadersEvenPastTheTimeout) {
    ServerParts parts({.request_timeout = std::chrono::milliseconds(300)});
    for (std::uint64_t n = 0; n < 5000; ++n) parts.feed_transaction(n);
    HttpClient client(parts.port(), 4096);
    client.send(HttpClient::request("/transactions/all?limit=5000", "Connection: close\r\n"));
    ASSERT_TRUE(eventually([&] { return parts.server.connections() == 0; }))
        << "the idle timeout has passed";
    const auto reply = client.read_reply();
    EXPECT_EQ(reply.status, 200);
    EXPECT_GT(reply.body.size(), 3'000'000u);
    EXPECT_TRUE(reply.body.ends_with("}]"));
    EXPECT_EQ(client.drain(), "");
}

TEST(HttpServer, AnswersPipelinedAfterAnotherInOrder) {
    ServerParts parts;
    for (std::uint64_t n = 0; n < 5000; ++n) parts.feed_transaction(n);
    HttpClient client(parts.port(), 4096);
    client.send(HttpClient::request("/transactions/all?limit=5000"));
    EXPECT_EQ(client.read_head().status, 200); // the rest is still to be read
    client.send(HttpClient::request("/ready"));
    const auto all = [&] {
        std::string bytes;
        while (bytes.find("HTTP/1.1 503") == std::string::npos) {
            const auto more = client.receive();
            if (more.empty()) break;
            bytes += more;
        }
        return bytes;
    }();
    EXPECT_THAT(all, HasSubstr("}]HTTP/1.1 503"));
}

TEST(HttpServer, CountsRequestsByPatternNotByPath) {
    ServerParts parts;
    HttpClient client(parts.port());
    client.get("/tx/0x" + std::string(64, 'a'));
    client.get("/no/such/path");
    const auto text = client.get("/metrics").body;
    EXPECT_THAT(
        text,
        HasSubstr(R"(viz_api_http_requests_total{code="404",method="GET",route="/tx/{hash}"} 1)"));
    EXPECT_THAT(
        text,
        HasSubstr(R"(viz_api_http_requests_total{code="404",method="GET",route="unmatched"} 1)"));
    EXPECT_THAT(text, testing::Not(HasSubstr("aaaa")));
}

// What the watchdog is fed on.
TEST(HttpServer, ShowsAWorkerThatIsStuckByItsLastTurn) {
    ServerParts parts(
        {.threads = 1, .render_threads = 1, .request_timeout = std::chrono::milliseconds(80)});
    const auto turns_on = [&](std::chrono::milliseconds within) {
        const auto before = parts.server.last_turn_ns();
        return eventually([&] { return parts.server.last_turn_ns() > before; }, within);
    };
    EXPECT_TRUE(turns_on(kDeadline)) << "while idle";
    std::promise<void> go_on;
    std::atomic<bool> held{false};
    parts.history.before_events = [&, gate = go_on.get_future().share()] {
        held = true;
        gate.wait();
    };
    HttpClient client(parts.port());
    client.send(HttpClient::request("/events"));
    ASSERT_TRUE(eventually([&] { return held.load(); }));
    EXPECT_FALSE(turns_on(std::chrono::milliseconds(700)));
    go_on.set_value();
    EXPECT_TRUE(turns_on(kDeadline));
    EXPECT_EQ(client.read_reply().status, 200);
    parts.server.stop();
    EXPECT_EQ(parts.server.last_turn_ns(), 0);
}

TEST(HttpServer, StopsWithClientsConnectedAndCanBeFollowedByAnother) {
    for (int i = 0; i < 3; ++i) {
        ServerParts parts;
        HttpClient idle(parts.port());
        EXPECT_EQ(idle.get("/health").status, 200);
        HttpClient stream(parts.port());
        stream.send(HttpClient::request("/stream"));
        EXPECT_EQ(stream.read_head().status, 200);
        parts.server.stop();
        EXPECT_EQ(idle.receive(), "");
        EXPECT_TRUE(idle.ended());
        stream.drain();
        EXPECT_TRUE(stream.ended());
    }
}

} // namespace
} // namespace viz::test
