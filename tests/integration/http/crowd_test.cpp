#include <gtest/gtest.h>

#include "server_parts.hpp"
#include "tests/support/stream_crowd.hpp"

namespace viz::test {
namespace {

// Nine hundred and fifty read, forty never do, ten vanish: the first miss nothing, the others are
// cut, and recording does not wait for anybody.
TEST(StreamCrowd, AThousandClientsAreServedWhileSlowAndDeadOnesAreCut) {
    allow_descriptors(4000);
    ServerParts parts({.streams = {.lag_events = 400,
                                   .final_event_timeout = std::chrono::milliseconds(200),
                                   .socket_buffer = 8192}});
    parts.feed(seen(1));
    StreamCrowd crowd(parts.port());
    crowd.join(950);
    std::vector<HttpClient> slow;
    for (int i = 0; i < 40; ++i) {
        slow.emplace_back(parts.port(), 4096);
        slow.back().send(HttpClient::request("/stream"));
    }
    std::vector<HttpClient> dead;
    for (int i = 0; i < 10; ++i) {
        dead.emplace_back(parts.port());
        dead.back().send(HttpClient::request("/stream"));
    }
    ASSERT_TRUE(eventually([&] { return parts.server.stream_clients() == 1000; }, 3 * kDeadline));
    ASSERT_TRUE(crowd.greeted(3 * kDeadline));
    crowd.expect_after(1);
    for (auto& client : dead) client.reset();

    std::chrono::steady_clock::duration recording{};
    std::uint64_t n = 1;
    for (int burst = 0; burst < 20; ++burst) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < 100; ++i) parts.feed(seen(++n));
        recording += std::chrono::steady_clock::now() - start;
        ASSERT_TRUE(crowd.read_up_to(n, 3 * kDeadline)) << "burst " << burst;
    }
    EXPECT_EQ(crowd.faults(), 0u);
    EXPECT_EQ(crowd.ended(), 0u);
    EXPECT_LT(recording, std::chrono::seconds(2)) << "2,000 events";
    EXPECT_TRUE(eventually([&] { return parts.server.stream_clients() == 950; }));
    EXPECT_EQ(parts.metrics.counter("http_stream_lagged_total", "").Value(), 40.0);
}

} // namespace
} // namespace viz::test
