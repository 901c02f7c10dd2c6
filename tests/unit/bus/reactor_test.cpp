#include "bus/reactor.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/values.hpp"
#include "tests/support/wait.hpp"

namespace viz::bus {
namespace {

using test::eventually;
using namespace std::chrono_literals;

struct ReactorTest : testing::Test {
    Metrics metrics;
    test::FakeClock clock;
    Bus bus{metrics, clock};
    Receiver in{bus.receiver(Stream::journal)};
    JournalOut out{bus.sender(Stream::journal, "test"), "test", metrics};
    std::atomic<int> handled{0};
    std::atomic<int> drained{0};
};

TEST_F(ReactorTest, HandlesEveryMessageAndSaysWhenNothingIsLeft) {
    Reactor reactor;
    reactor.on_message(
        in, [&](Received&) { ++handled; }, [&] { ++drained; });
    std::jthread loop([&](std::stop_token stop) { reactor.run(stop); });
    for (std::uint64_t n = 0; n < 2000; ++n) out.try_enqueue(test::seen(n));
    EXPECT_TRUE(eventually([&] { return handled == 2000 && drained > 0; }));
    const int before = drained;
    out.try_enqueue(test::seen(1));
    EXPECT_TRUE(eventually([&] { return handled == 2001 && drained > before; }));
}

TEST_F(ReactorTest, StopDrainsWhatIsWaiting) {
    Reactor reactor;
    reactor.on_message(in, [&](Received&) { ++handled; });
    for (std::uint64_t n = 0; n < 1000; ++n) out.try_enqueue(test::seen(n));
    std::stop_source stop;
    stop.request_stop();
    reactor.run(stop.get_token(), 10s);
    EXPECT_EQ(handled, 1000);
}

TEST_F(ReactorTest, DrainEndsAtItsLimitUnderEndlessLoad) {
    Reactor reactor;
    reactor.on_message(in, [&](Received&) { out.try_enqueue(test::seen(1)); });
    out.try_enqueue(test::seen(1));
    std::stop_source stop;
    stop.request_stop();
    reactor.run(stop.get_token(), 50ms);
    SUCCEED() << "run() returned";
}

TEST_F(ReactorTest, TimersAndPostedWorkRunOnTheLoopsThread) {
    Reactor reactor;
    std::atomic<int> ticks{0};
    std::thread::id timer_thread;
    std::thread::id posted_thread;
    std::atomic<bool> posted{false};
    reactor.every(1ms, [&] {
        timer_thread = std::this_thread::get_id();
        ++ticks;
    });
    std::jthread loop([&](std::stop_token stop) { reactor.run(stop); });
    const auto loop_id = loop.get_id();
    reactor.post([&] {
        posted_thread = std::this_thread::get_id();
        posted = true;
    });
    ASSERT_TRUE(eventually([&] { return ticks >= 3 && posted; }));
    loop.request_stop();
    loop.join();
    EXPECT_EQ(timer_thread, loop_id);
    EXPECT_EQ(posted_thread, loop_id);
}

TEST_F(ReactorTest, WhatAHandlerThrowsLeavesRun) {
    Reactor reactor;
    reactor.on_message(in, [](Received&) { throw std::runtime_error("handler"); });
    out.try_enqueue(test::seen(1));
    std::stop_source stop;
    EXPECT_THROW(reactor.run(stop.get_token()), std::runtime_error);
}

TEST_F(ReactorTest, IdleLoopStillTurns) {
    Reactor reactor;
    EXPECT_EQ(reactor.last_turn_ns(), 0);
    std::jthread loop([&](std::stop_token stop) { reactor.run(stop); });
    EXPECT_TRUE(eventually([&] { return reactor.last_turn_ns() > 0; }));
}

TEST_F(ReactorTest, FloodOnOneSocketDoesNotStarveTimers) {
    Reactor reactor;
    std::atomic<int> ticks{0};
    reactor.on_message(in, [&](Received&) { out.try_enqueue(test::seen(1)); });
    reactor.every(1ms, [&] { ++ticks; });
    out.try_enqueue(test::seen(1));
    std::jthread loop([&](std::stop_token stop) { reactor.run(stop, 1ms); });
    EXPECT_TRUE(eventually([&] { return ticks >= 3; }));
}

} // namespace
} // namespace viz::bus
