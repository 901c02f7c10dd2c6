// The watcher in a process of its own: it is about ending one.
#include "runtime/signals.hpp"

#include <atomic>
#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

namespace viz::runtime {
namespace {

// Drains forever, is asked to end twice.
[[noreturn]] void ask_twice(int first, int second) {
    ::alarm(20); // whatever happens, it ends
    std::atomic<bool> draining{false};
    const SignalWatcher watcher([&](int) { draining = true; });
    ::kill(::getpid(), first);
    while (!draining) std::this_thread::yield();
    ::kill(::getpid(), second);
    while (true) ::pause();
}

class SignalsDeathTest : public ::testing::Test {
  protected:
    SignalsDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(SignalsDeathTest, TheSecondSignalEndsTheProcessAtOnce) {
    EXPECT_EXIT(ask_twice(SIGTERM, SIGTERM), ::testing::ExitedWithCode(128 + SIGTERM), "");
    EXPECT_EXIT(ask_twice(SIGINT, SIGTERM), ::testing::ExitedWithCode(128 + SIGTERM), "");
    EXPECT_EXIT(ask_twice(SIGTERM, SIGINT), ::testing::ExitedWithCode(128 + SIGINT), "");
}

TEST_F(SignalsDeathTest, TheFirstSignalIsHandedOverAndEndsNothing) {
    EXPECT_EXIT(
        {
            ::alarm(20);
            std::atomic<int> seen{0};
            {
                const SignalWatcher watcher([&](int signal) { seen = signal; });
                ::kill(::getpid(), SIGINT);
                while (seen == 0) std::this_thread::yield();
            }
            ::_exit(seen == SIGINT ? 7 : 8);
        },
        ::testing::ExitedWithCode(7), "");
}

TEST_F(SignalsDeathTest, AHangupIsHandedOverEachTimeAndEndsNothing) {
    EXPECT_EXIT(
        {
            ::alarm(20);
            std::atomic<int> hangups{0};
            std::atomic<bool> ended{false};
            {
                const SignalWatcher watcher([&](int) { ended = true; }, [&] { ++hangups; });
                for (int n = 1; n <= 2; ++n) {
                    ::kill(::getpid(), SIGHUP);
                    while (hangups < n) std::this_thread::yield();
                }
            }
            ::_exit(ended ? 8 : 7);
        },
        ::testing::ExitedWithCode(7), "");
}

} // namespace
} // namespace viz::runtime
