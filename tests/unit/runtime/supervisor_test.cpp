#include "runtime/supervisor.hpp"

#include <atomic>

#include <gmock/gmock.h>

#include "tests/support/wait.hpp"

namespace viz::runtime {
namespace {

using test::eventually;
using namespace std::chrono_literals;

// Runs until stopped, or throws on request.
class Stub final : public bus::Component {
  public:
    explicit Stub(std::atomic<bool>& fail) : fail_(fail) {}
    void run(std::stop_token stop) override {
        while (!stop.stop_requested()) {
            if (fail_.exchange(false)) throw std::runtime_error("requested");
            std::this_thread::yield();
        }
    }
    std::int64_t last_turn_ns() const override { return 42; }

  private:
    std::atomic<bool>& fail_;
};

struct SupervisorTest : testing::Test {
    ComponentPlan plan(const std::string& name, bool restartable = false) {
        return {.name = name,
                .make =
                    [this] {
                        ++made;
                        return std::make_unique<Stub>(fail);
                    },
                .restartable = restartable,
                .first_back_off = 1ms};
    }
    ComponentReport report(std::size_t n = 0) { return supervisor.reports().at(n); }

    std::atomic<bool> fail{false};
    std::atomic<int> made{0};
    std::atomic<int> fatal{0};
    bus::Metrics metrics;
    Supervisor supervisor{metrics, [this](const std::string&) { ++fatal; }};
};

TEST_F(SupervisorTest, StartReturnsWhenTheComponentHasBeenMade) {
    supervisor.start(plan("a"));
    EXPECT_EQ(made, 1);
    EXPECT_TRUE(eventually([&] { return report().state == ComponentState::running; }));
    EXPECT_EQ(report().last_turn_ns, 42);
}

TEST_F(SupervisorTest, StopEndsTheThread) {
    supervisor.start(plan("a"));
    supervisor.stop({"a", "no such"});
    EXPECT_EQ(report().state, ComponentState::stopped);
    EXPECT_EQ(fatal, 0);
}

TEST_F(SupervisorTest, FailureWhileMakingIsTheCallersToHandle) {
    EXPECT_THROW(supervisor.start({.name = "a",
                                   .make = []() -> std::unique_ptr<bus::Component> {
                                       throw std::runtime_error("no");
                                   }}),
                 std::runtime_error);
    EXPECT_EQ(fatal, 0);
}

TEST_F(SupervisorTest, RestartableComponentIsMadeAnewAndCounted) {
    supervisor.start(plan("decode", true));
    for (std::uint64_t round = 1; round <= 3; ++round) {
        fail = true;
        ASSERT_TRUE(eventually([&] {
            return report().restarts == round && report().state == ComponentState::running;
        }));
    }
    EXPECT_EQ(made, 4);
    EXPECT_EQ(report().last_error, "requested");
    EXPECT_THAT(metrics.text(),
                testing::HasSubstr("viz_api_component_failures_total{component=\"decode\"} 3"));
    EXPECT_EQ(fatal, 0);
}

TEST_F(SupervisorTest, AnyOtherFailureIsFatalOnce) {
    supervisor.start(plan("storage"));
    supervisor.start(plan("lifecycle"));
    fail = true;
    ASSERT_TRUE(eventually([&] { return fatal == 1; }));
    fail = true;
    EXPECT_TRUE(eventually([&] {
        return report(0).state == ComponentState::failed &&
               report(1).state == ComponentState::failed;
    }));
    EXPECT_EQ(fatal, 1);
    EXPECT_EQ(made, 2);
}

TEST_F(SupervisorTest, StopDuringBackOffDoesNotWaitForIt) {
    auto slow = plan("decode", true);
    slow.first_back_off = 1h;
    supervisor.start(std::move(slow));
    fail = true;
    ASSERT_TRUE(eventually([&] { return report().state == ComponentState::restarting; }));
    supervisor.stop({"decode"});
    EXPECT_EQ(report().state, ComponentState::stopped);
}

} // namespace
} // namespace viz::runtime
