// What clients may cost: threads, memory and the time of others. Nothing here measures time.
#include <atomic>
#include <future>
#include <list>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "server_parts.hpp"

namespace viz::test {
namespace {

using testing::HasSubstr;

// A record whose readers wait until it is opened.
class Gate {
  public:
    explicit Gate(ServerParts& parts) {
        parts.history.before_events = [this, gate = open_.get_future().share()] {
            ++waiting_;
            gate.wait();
        };
    }
    ~Gate() { open(); }
    void open() {
        if (!std::exchange(opened_, true)) open_.set_value();
    }
    bool holds(int n) const {
        return eventually([&] { return waiting_.load() == n; });
    }

  private:
    std::promise<void> open_;
    bool opened_{};
    std::atomic<int> waiting_{0};
};

TEST(HttpOverload, AnswersThatTakeTimeKeepNobodyElseWaiting) {
    ServerParts parts({.threads = 1, .render_threads = 1});
    Gate gate(parts);
    HttpClient slow(parts.port());
    slow.send(HttpClient::request("/events"));
    ASSERT_TRUE(gate.holds(1));
    HttpClient other(parts.port());
    EXPECT_EQ(other.get("/health").status, 200);
    EXPECT_EQ(other.get("/ready").status, 503) << "not started: but said at once";
    EXPECT_EQ(other.get("/metrics").status, 200);
    EXPECT_EQ(other.get("/transactions").status, 200);
    parts.feed_transaction(1);
    EXPECT_THAT(other.get("/transactions").body, HasSubstr("hash")) << "nor is the feeding held up";
    gate.open();
    EXPECT_EQ(slow.read_reply().status, 200);
}

// What the window has forgotten is looked for in the record, which takes time.
TEST(HttpOverload, WhatNeedsTheRecordIsHandedOver) {
    ServerParts parts({.threads = 1, .render_threads = 1},
                      {.auth_enabled = true, .api_keys = {"k"}, .rate_limit_per_minute = 1},
                      {.transactions = 1});
    parts.feed_transaction(1);
    parts.feed_transaction(2);
    HttpClient client(parts.port());
    const auto target = "/tx/" + eth::to_hex(hash_of(1).view());
    EXPECT_EQ(client.get(target, "x-api-key: k\r\n").status, 200);
    EXPECT_EQ(client.get(target, "x-api-key: k\r\n").status, 429) << "counted once, not twice";
}

TEST(HttpOverload, BeyondItsQueueItSaysWhenToComeBack) {
    ServerParts parts({.render_threads = 1, .max_waiting = 1});
    Gate gate(parts);
    HttpClient first(parts.port());
    first.send(HttpClient::request("/events"));
    ASSERT_TRUE(gate.holds(1));
    HttpClient second(parts.port());
    second.send(HttpClient::request("/events"));
    HttpClient third(parts.port());
    ASSERT_TRUE(eventually([&] {
        return third.get("/metrics")
                   .body.find("viz_api_http_render_waiting{pool=\"viz-http-render\"} 1") !=
               std::string::npos;
    }));
    const auto refused = third.get("/events");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.headers.at("retry-after"), "1");
    EXPECT_EQ(third.get("/health").status, 200) << "the connection goes on";
    gate.open();
    EXPECT_EQ(first.read_reply().status, 200);
    EXPECT_EQ(second.read_reply().status, 200);
}

TEST(HttpOverload, ConnectionsThatSayNothingDoNotKeepProbesOut) {
    ServerParts parts({.threads = 1, .max_connections = 2, .reserved_connections = 2});
    HttpClient silent(parts.port());
    HttpClient half(parts.port());
    half.send("GET /health HT");
    ASSERT_TRUE(eventually([&] { return parts.server.connections() == 2; }));
    for (const auto* target : {"/health", "/metrics"}) {
        HttpClient probe(parts.port());
        EXPECT_EQ(probe.get(target).status, 200) << target;
    }
    HttpClient other(parts.port());
    EXPECT_EQ(other.get("/events").status, 503);
    // Nor when the reserve is full of the same kind.
    std::list<HttpClient> more;
    for (int i = 0; i < 5; ++i) more.emplace_back(parts.port());
    HttpClient probe(parts.port());
    EXPECT_EQ(probe.get("/health").status, 200);
}

TEST(HttpOverload, WhatClientsDoNotTakeHasOneBound) {
    constexpr std::size_t kLimit = 12'000'000;
    ServerParts parts({.max_unsent_bytes = kLimit});
    for (std::uint64_t n = 0; n < 5000; ++n) parts.feed_transaction(n);
    HttpClient probe(parts.port());
    std::list<HttpClient> clients;
    for (int i = 0; i < 8; ++i) { // 4.6 MB each, in our memory and the sockets'
        auto& client = clients.emplace_back(parts.port(), 4096);
        client.send(HttpClient::request("/transactions/all?limit=5000", "Connection: close\r\n"));
        EXPECT_EQ(client.read_head().status, 200);
        EXPECT_LE(parts.server.unsent_bytes(), kLimit);
        EXPECT_EQ(probe.get("/health").status, 200);
    }
    EXPECT_TRUE(eventually([&] {
        return probe.get("/metrics")
                   .body.find("viz_api_http_clients_cut_total{reason=\"unsent_limit\"} 0") ==
               std::string::npos;
    })) << "those that took nothing for longest made room";
    EXPECT_GT(parts.server.unsent_bytes(), 0u);
    EXPECT_TRUE(clients.back().drain().ends_with("}]")) << "the newest has its answer";
    clients.clear();
    EXPECT_TRUE(eventually([&] { return parts.server.unsent_bytes() == 0; }));
}

TEST(HttpOverload, AClientThatAsksOnWithoutReadingIsCut) {
    ServerParts parts;
    for (std::uint64_t n = 0; n < 5000; ++n) parts.feed_transaction(n);
    HttpClient client(parts.port(), 4096);
    const auto request = HttpClient::request("/transactions/all?limit=5000");
    int sent = 0;
    while (sent < 100'000 && client.send(request)) ++sent;
    EXPECT_LT(sent, 100'000);
}

TEST(HttpOverload, ARequestSentWhileAnAnswerIsMadeIsAnsweredAfterIt) {
    ServerParts parts({.threads = 1, .render_threads = 1});
    Gate gate(parts);
    HttpClient client(parts.port());
    client.send(HttpClient::request("/events"));
    ASSERT_TRUE(gate.holds(1));
    client.send(HttpClient::request("/nothing"));
    HttpClient other(parts.port());
    EXPECT_EQ(other.get("/health").status, 200); // the worker has turned: it has the second request
    gate.open();
    EXPECT_EQ(client.read_reply().status, 200);
    EXPECT_EQ(client.read_reply().status, 404);
}

} // namespace
} // namespace viz::test
