#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <future>
#include <optional>
#include <random>
#include <system_error>
#include <thread>

#include "server_parts.hpp"

namespace viz::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

struct Message {
    std::string event; // empty: a plain message
    std::string id;
    json data;
};

Message parse(const std::string& text) {
    Message message;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        if (line.starts_with("event: ")) message.event = line.substr(7);
        if (line.starts_with("id: ")) message.id = line.substr(4);
        if (line.starts_with("data: ")) message.data = json::parse(line.substr(6));
        at = end + 1;
    }
    return message;
}

HttpClient open_stream(ServerParts& parts, const std::string& query = {},
                       const std::string& headers = {}, int receive_buffer = 0) {
    HttpClient client(parts.port(), receive_buffer);
    client.send(HttpClient::request("/stream" + query, headers));
    return client;
}

std::uint64_t next_id(HttpClient& client) {
    const auto message = parse(client.read_event());
    return message.id.empty() ? 0 : std::stoull(message.id);
}

TEST(Stream, BeginsWithHelloAndGoesOnWithWhatIsNew) {
    ServerParts parts;
    parts.feed(seen(1));
    auto client = open_stream(parts);
    const auto head = client.read_head();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(head.headers.at("cache-control"), "no-cache");
    EXPECT_EQ(head.headers.at("access-control-allow-origin"), "*");
    const auto hello = parse(client.read_event());
    EXPECT_EQ(hello.event, "hello");
    EXPECT_EQ(hello.data["event"], "hello");
    EXPECT_EQ(hello.data["latest_seq_id"], 1);
    EXPECT_EQ(hello.data["replay_points"], 1);
    EXPECT_EQ(hello.data["propagation_edges"], 0);

    parts.feed(seen(2));
    const auto message = parse(client.read_event());
    EXPECT_EQ(message.id, "2");
    EXPECT_EQ(message.event, "");
    EXPECT_EQ(message.data["seq_id"], 2);
    EXPECT_EQ(message.data["payload"]["type"], "TxSeen");
}

// A client counts from there: what it says must be what the stream goes on from, whatever comes
// between the request and the first word.
TEST(Stream, ShowsWhatFollowsTheNumberInItsHello) {
    ServerParts parts({}, {}, {.events = 2});
    for (std::uint64_t n = 1; n <= 10; ++n) parts.feed(seen(n));
    std::promise<void> go_on;
    parts.history.before_events = [gate = go_on.get_future().share()] { gate.wait(); };
    auto busy = open_stream(parts, "?after=0"); // keeps the streams' thread in the record
    busy.read_head();
    auto client = open_stream(parts);
    ASSERT_TRUE(eventually([&] { return parts.server.stream_clients() == 2; }));
    for (std::uint64_t n = 11; n <= 12; ++n) parts.feed(seen(n));
    go_on.set_value();
    client.read_head();
    EXPECT_EQ(parse(client.read_event()).data["latest_seq_id"], 10);
    EXPECT_EQ(next_id(client), 11u);
}

TEST(Stream, HasAnAlias) {
    ServerParts parts;
    HttpClient client(parts.port());
    client.send(HttpClient::request("/dashboard/events-v1"));
    client.read_head();
    EXPECT_EQ(parse(client.read_event()).event, "hello");
}

TEST(Stream, ResumesFromHistoryThroughTheWindowToLiveWithoutGapOrRepeat) {
    ServerParts parts({}, {}, {.events = 100});
    for (std::uint64_t n = 1; n <= 1000; ++n) parts.feed(seen(n));
    auto client = open_stream(parts, "?after=10");
    client.read_head();
    EXPECT_EQ(parse(client.read_event()).event, "hello");
    std::thread feeder([&] {
        for (std::uint64_t n = 1001; n <= 3000; ++n) parts.feed(seen(n));
    });
    for (std::uint64_t expected = 11; expected <= 3000; ++expected) {
        const auto id = next_id(client);
        EXPECT_EQ(id, expected);
        if (id != expected) break;
    }
    feeder.join();
}

TEST(Stream, TrustsTheLastEventIdOverTheUrl) {
    ServerParts parts;
    for (std::uint64_t n = 1; n <= 20; ++n) parts.feed(seen(n));
    auto client = open_stream(parts, "?after=3", "Last-Event-ID: 15\r\n");
    client.read_head();
    client.read_event();
    EXPECT_EQ(next_id(client), 16u);
    auto bad = open_stream(parts, "", "Last-Event-ID: 15x\r\n");
    EXPECT_EQ(bad.read_reply().status, 400);
}

TEST(Stream, ShowsOnlyWhatWasAskedFor) {
    ServerParts parts({}, {}, {.events = 4}); // most of it is in the history only
    for (std::uint64_t n = 0; n < 10; ++n) parts.feed_transaction(n, n % 2 == 0 ? 1 : 10);
    auto client = open_stream(parts, "?after=0&types=txdecoded&chain_id=10");
    client.read_head();
    client.read_event();
    parts.feed_transaction(11, 10);
    for (int i = 0; i < 6; ++i) {
        const auto message = parse(client.read_event());
        EXPECT_EQ(message.data["payload"]["type"], "TxDecoded");
        EXPECT_EQ(message.data["payload"]["data"]["chain_id"], 10);
    }
}

TEST(Stream, ReportsWhatIsNoLongerRecorded) {
    ServerParts parts({}, {}, {.events = 10});
    for (std::uint64_t n = 1; n <= 100; ++n) parts.feed(seen(n));
    parts.history.forget_up_to(50);
    auto client = open_stream(parts, "?after=5");
    client.read_head();
    client.read_event();
    const auto gap = parse(client.read_event());
    EXPECT_EQ(gap.event, "gap");
    EXPECT_EQ(gap.data["from_seq_id"], 6);
    EXPECT_EQ(gap.data["to_seq_id"], 50);
    EXPECT_EQ(next_id(client), 51u);
}

TEST(Stream, AStartBeyondTheEndIsTheEnd) {
    ServerParts parts;
    parts.feed(seen(1));
    auto client = open_stream(parts, "?after=1000");
    client.read_head();
    client.read_event();
    parts.feed(seen(2));
    EXPECT_EQ(next_id(client), 2u);
}

TEST(Stream, SaysThatItIsAliveAndOutlivesTheIdleTimeout) {
    ServerParts parts({.request_timeout = std::chrono::milliseconds(200),
                       .streams = {.keep_alive = std::chrono::milliseconds(300)}});
    auto client = open_stream(parts);
    client.read_head();
    client.read_event();
    EXPECT_TRUE(eventually([&] { return parts.server.connections() == 0; }))
        << "Pistache has let go of it";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.read_event(), ": keep-alive");
    parts.feed(seen(1));
    EXPECT_EQ(next_id(client), 1u);
}

TEST(Stream, CutsAClientThatFallsBehindWithAFinalWord) {
    ServerParts parts({.streams = {.lag_events = 2000, .socket_buffer = 4096}});
    auto client = open_stream(parts, "", "", 4096);
    client.read_head();
    EXPECT_EQ(parse(client.read_event()).event, "hello");
    std::uint64_t n = 0;
    // Until its lag shows: the kernel's and our buffers take some.
    ASSERT_TRUE(eventually([&] {
        for (int i = 0; i < 500; ++i) parts.feed(seen(++n));
        return parts.metrics.counter("http_stream_lagged_total", "").Value() > 0;
    }));
    std::uint64_t last = 0;
    Message message;
    while (true) {
        message = parse(client.read_event());
        if (!message.event.empty() || message.id.empty()) break;
        EXPECT_EQ(std::stoull(message.id), last + 1);
        last = std::stoull(message.id);
    }
    EXPECT_EQ(message.event, "lagged");
    EXPECT_EQ(message.data["last_seq_id"], last) << "where to resume";
    EXPECT_EQ(client.read_event(), "") << "the stream has ended";
    EXPECT_TRUE(eventually([&] { return parts.server.stream_clients() == 0; }));
}

TEST(Stream, CutsAClientThatTakesNothing) {
    ServerParts parts({.streams = {.stalled = std::chrono::milliseconds(300),
                                   .final_event_timeout = std::chrono::milliseconds(200),
                                   .socket_buffer = 4096}});
    for (std::uint64_t n = 1; n <= 20'000; ++n) parts.feed(seen(n));
    auto client = open_stream(parts, "?after=0", "", 4096);
    EXPECT_TRUE(eventually([&] { return parts.server.stream_clients() == 1; }));
    EXPECT_TRUE(eventually([&] { return parts.server.stream_clients() == 0; }));
    EXPECT_TRUE(eventually([&] { return parts.server.connections() == 0; }));
}

TEST(Stream, BoundsTheNumberOfStreams) {
    ServerParts parts({.streams = {.clients = 1}});
    auto first = open_stream(parts);
    EXPECT_EQ(first.read_head().status, 200);
    auto second = open_stream(parts);
    const auto reply = second.read_reply();
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.headers.at("retry-after"), "5");
    first.close();
    EXPECT_TRUE(eventually([&] { return parts.server.stream_clients() == 0; }));
}

TEST(Stream, NeedsAKeyWhenKeysAreNeeded) {
    ServerParts parts({}, {.auth_enabled = true, .api_keys = {"k"}});
    EXPECT_EQ(open_stream(parts).read_reply().status, 401);
    EXPECT_EQ(open_stream(parts, "", "x-api-key: k\r\n").read_head().status, 200);
}

// Empty where the machine refuses one more connection just now (its ports or the backlog are used
// up by those that vanished): the others are what the test is about.
std::optional<HttpClient> try_connect(std::uint16_t port, int receive_buffer) {
    try {
        return std::optional<HttpClient>(std::in_place, port, receive_buffer);
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

// Connects, behaves badly, vanishes; again and again. Returns how often.
int misbehave(std::uint16_t port, unsigned seed, const std::atomic<bool>& stop) {
    std::mt19937 random(seed);
    int times = 0;
    while (!stop) {
        auto connected = try_connect(port, random() % 2 == 0 ? 2048 : 0);
        if (!connected) {
            std::this_thread::yield();
            continue;
        }
        ++times;
        auto& client = *connected;
        const auto target = random() % 3 == 0   ? "/stream?after=0"
                            : random() % 2 == 0 ? "/stream"
                                                : "/transactions/all?limit=500";
        const auto request = HttpClient::request(target);
        const bool whole = random() % 8 != 0;
        client.send(whole ? request : request.substr(0, request.size() / 2));
        for (auto reads = random() % 4; reads > 0; --reads)
            client.receive(std::chrono::milliseconds(random() % 20));
        switch (random() % 4) {
        case 0:
            client.reset();
            break;
        case 1:
            client.half_close();
            client.receive(std::chrono::milliseconds(random() % 20));
            break;
        case 2:
            client.send(request + request);
            break; // and away
        default:
            break;
        }
    }
    return times;
}

// What ended the process with the library's own stream writer.
TEST(Stream, SurvivesTwoHundredClientsThatVanishAtRandomWhileEventsFlow) {
    ServerParts parts({.streams = {.lag_events = 5000, .socket_buffer = 8192}});
    for (std::uint64_t n = 0; n < 3000; ++n) parts.feed_transaction(n);
    auto good = open_stream(parts, "?after=0");
    ASSERT_EQ(good.read_head().status, 200);
    good.read_event();

    std::atomic<bool> stop{false};
    std::atomic<int> connections{0};
    std::vector<std::jthread> bad;
    for (unsigned i = 0; i < 200; ++i)
        bad.emplace_back([&, i] { connections += misbehave(parts.port(), i, stop); });

    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
    std::uint64_t n = 3000;
    std::uint64_t expected = 0;
    while (std::chrono::steady_clock::now() < end) {
        for (int i = 0; i < 20; ++i) parts.feed_transaction(n++);
        // The well-behaved one is served in full all the while.
        bool next = true;
        for (const auto goal = parts.model.latest_seq_id(); next && expected < goal;)
            next = next_id(good) == ++expected;
        EXPECT_TRUE(next) << "at " << expected;
        if (!next) break;
    }
    stop = true;
    for (auto& thread : bad) thread.join();
    EXPECT_GT(connections, 200);
    good.close();
    EXPECT_TRUE(eventually([&] { return parts.server.stream_clients() == 0; }));
    // What they asked for before they vanished is still answered into the void.
    EXPECT_TRUE(eventually([&] { return parts.server.connections() == 0; }, 3 * kDeadline));
    HttpClient after(parts.port());
    EXPECT_EQ(after.get("/health").status, 200);
}

} // namespace
} // namespace viz::test
