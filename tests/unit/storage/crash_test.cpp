// The process may die at any moment: what append() had accepted is there afterwards, nothing is
// there in part, and the numbers go on.
#include <csignal>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

using namespace test;

constexpr std::uint64_t kPerCommit = 40;

// Appends until it is killed; prints the newest accepted number after each commit.
[[noreturn]] void write_until_killed(const std::string& path, int report) {
    const auto store = open_store(path, {.synchronous = Synchronous::full});
    for (;;) {
        append(*store, sights(store->latest_seq_id(), kPerCommit));
        const auto latest = store->latest_seq_id();
        if (::write(report, &latest, sizeof latest) != sizeof latest) ::_exit(1);
    }
}

TEST(Crash, NothingAcceptedIsLostAndNothingIsHalfThere) {
    const viz::test::TempDir dir;
    const auto path = dir.file("store.db");
    std::mt19937_64 random(7);
    std::uint64_t shown = 0;
    for (int round = 0; round < 12; ++round) {
        int pipe_ends[2];
        ASSERT_EQ(::pipe(pipe_ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(pipe_ends[0]);
            write_until_killed(path, pipe_ends[1]);
        }
        ::close(pipe_ends[1]);
        // After some commits, and then at any point of the one under way.
        for (auto commits = 1 + random() % 20; commits > 0; --commits)
            ASSERT_EQ(::read(pipe_ends[0], &shown, sizeof shown), ssize_t{sizeof shown});
        for (auto spin = random() % 3000; spin > 0; --spin) std::this_thread::yield();
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(pipe_ends[0], &shown, sizeof shown) == ssize_t{sizeof shown}) {
        }
        ::close(pipe_ends[0]);

        const auto store = open_store(path);
        const auto latest = store->latest_seq_id();
        EXPECT_GE(latest, shown);
        EXPECT_LE(latest, shown + kPerCommit) << "one commit may have been accepted unseen";
        EXPECT_EQ(latest % kPerCommit, 0U) << "commits are whole";
        Reader reader(path);
        ASSERT_TRUE(gapless(reader));
        ASSERT_TRUE(*reader.transaction(hash_of(latest - 1)));
    }
    EXPECT_GT(shown, 12 * kPerCommit);
}

} // namespace
} // namespace viz::storage
