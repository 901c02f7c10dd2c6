#include "runtime/monitor.hpp"

#include <ctime>

#include <gtest/gtest.h>

#include "http/alerts.hpp"
#include "tests/support/fake_clock.hpp"

namespace viz::runtime {
namespace {

struct Scene {
    Scene()
        : monitor(metrics, bus, clock,
                  {.endpoints = [this] { return endpoints; },
                   .components = [] { return std::vector<ComponentReport>{}; },
                   .storage_trouble = [this] { return trouble; },
                   .replay_lag_events = [] { return std::uint64_t{0}; },
                   .ingest_mode = "rpc",
                   .version = "1",
                   .component_endpoints = {}}),
          decoded(metrics.counter("ingest_decode_total", "Transactions decoded and verified.")) {}

    double gauge(const std::string& name) { return metrics.gauge(name, "").Value(); }
    void run(int seconds, double per_second) {
        for (int i = 0; i < seconds; ++i) {
            clock.advance_ms(1000);
            decoded.Increment(per_second);
            monitor.sample();
        }
    }
    static bus::EndpointStatus endpoint(bus::EndpointState state, std::int64_t skew_ms = 0) {
        bus::EndpointStatus status;
        status.state = state;
        status.clock_skew_ms = skew_ms;
        status.disconnect_count = 2;
        return status;
    }

    bus::Metrics metrics;
    test::FakeClock clock;
    bus::Bus bus{metrics, clock, {}};
    std::vector<bus::EndpointStatus> endpoints;
    std::string trouble;
    Monitor monitor;
    bus::Counter& decoded;
};

TEST(Monitor, MeasuresRatesFromWhatWasCounted) {
    Scene scene;
    scene.run(30, 40);
    const auto figures = scene.monitor.figures();
    EXPECT_EQ(figures.tx_decode_total, 1200u);
    EXPECT_NEAR(figures.tx_per_sec_current, 40, 0.2);
    EXPECT_NEAR(figures.tx_per_sec_baseline, 40, 0.2);
}

TEST(Monitor, RaisesNoCollapseAfterTheBurstOfAConnectButWhenTrafficStops) {
    Scene scene;
    const auto collapsed = [&] {
        return http::evaluate_alerts(scene.monitor.figures()).coverage_collapse;
    };
    scene.run(15, 5000);
    for (int i = 0; i < 120; ++i) {
        scene.run(1, 20);
        EXPECT_FALSE(collapsed()) << i;
    }
    scene.run(15, 0);
    EXPECT_TRUE(collapsed());
    scene.run(600, 0);
    EXPECT_TRUE(collapsed()) << "an outage does not become usual";
    scene.run(60, 20);
    EXPECT_FALSE(collapsed());
}

TEST(Monitor, TakesClockSkewFromTheEndpointThatShowsMost) {
    Scene scene;
    scene.endpoints = {Scene::endpoint(bus::EndpointState::subscribed, 0),
                       Scene::endpoint(bus::EndpointState::subscribed, 400),
                       Scene::endpoint(bus::EndpointState::subscribed, 30)};
    EXPECT_EQ(scene.monitor.figures().clock_skew_ms, 400);
    EXPECT_EQ(scene.monitor.figures().peer_disconnects_total, 6u);
}

TEST(Monitor, CountsDisconnectsAsACounterThatNeverGoesBack) {
    Scene scene;
    const auto& counted = scene.metrics.counter("ingest_disconnects_total", "");
    scene.endpoints = {Scene::endpoint(bus::EndpointState::subscribed),
                       Scene::endpoint(bus::EndpointState::error)};
    scene.monitor.sample();
    EXPECT_EQ(counted.Value(), 4);
    scene.monitor.sample();
    EXPECT_EQ(counted.Value(), 4);
    scene.endpoints.pop_back();
    scene.monitor.sample();
    EXPECT_EQ(counted.Value(), 4);
}

TEST(Monitor, SaysThatTheSearchIsBlindWhenItHasSeenNothingOnSeveralHeadsForAWhile) {
    Scene scene;
    auto& blind = scene.metrics.gauge("search_blind_heads", "");
    blind.Set(2);
    scene.run(60, 0);
    EXPECT_TRUE(scene.monitor.health().problems.empty()) << "two heads are none";
    blind.Set(20);
    scene.run(5, 0);
    EXPECT_TRUE(scene.monitor.health().problems.empty()) << "heads that came at once";
    scene.run(10, 0);
    const auto problems = scene.monitor.health().problems;
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].reason,
              "search_blind: no pending call was observed on the newest 20 heads");
    blind.Set(0);
    EXPECT_TRUE(scene.monitor.health().problems.empty());
}

TEST(Monitor, ReportsSinceWhenAProblemExists) {
    Scene scene;
    EXPECT_TRUE(scene.monitor.health().problems.empty()) << "no chain is no chain that is down";
    scene.endpoints = {Scene::endpoint(bus::EndpointState::subscribed),
                       Scene::endpoint(bus::EndpointState::error)};
    EXPECT_TRUE(scene.monitor.health().problems.empty()) << "one of them lives";

    scene.endpoints = {Scene::endpoint(bus::EndpointState::rotating)};
    scene.monitor.sample(); // noticed though nobody asks
    const auto began = scene.clock.unix_ms();
    scene.run(10, 0);
    scene.trouble = "disk is full";
    scene.run(5, 0);
    scene.trouble = "disk is still full";
    scene.run(5, 0);
    const auto problems = scene.monitor.health().problems;
    ASSERT_EQ(problems.size(), 2u);
    EXPECT_EQ(problems[0].reason, "every chain is down");
    EXPECT_EQ(problems[0].since_unix_ms, began);
    EXPECT_EQ(problems[1].reason, "storage: disk is still full");
    EXPECT_EQ(problems[1].since_unix_ms.value, began.value + 11'000)
        << "the same trouble all along";

    scene.endpoints = {Scene::endpoint(bus::EndpointState::subscribed)};
    scene.trouble.clear();
    EXPECT_TRUE(scene.monitor.health().problems.empty());
    scene.endpoints.clear();
    scene.trouble = "again";
    EXPECT_EQ(scene.monitor.health().problems.at(0).since_unix_ms, scene.clock.unix_ms());
}

TEST(Monitor, ReportsTheKernelsFiguresOfTheProcess) {
    Scene scene;
    EXPECT_GT(scene.gauge("process_resident_memory_bytes"), 1e6);
    EXPECT_GE(scene.gauge("process_open_fds"), 3);
    auto& cpu = scene.metrics.counter("process_cpu_seconds_total", "");
    const auto before = cpu.Value();
    const auto start = std::clock();
    while (std::clock() - start < CLOCKS_PER_SEC / 20) {
    }
    scene.run(1, 0);
    EXPECT_GE(cpu.Value(), before + 0.02);
}

TEST(Monitor, StartTimeStaysForTheLifeOfTheProcess) {
    Scene scene;
    const auto start = scene.gauge("process_start_time_seconds");
    EXPECT_DOUBLE_EQ(start, 1'700'000'000);
    scene.run(30, 1);
    EXPECT_EQ(scene.gauge("process_start_time_seconds"), start);
}

} // namespace
} // namespace viz::runtime
