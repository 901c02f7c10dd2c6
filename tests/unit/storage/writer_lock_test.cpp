// One writer a file, by whatever name; and who holds a snapshot of it.
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "components/storage/log_ahead.hpp"
#include "components/storage/sqlite.hpp"
#include "components/storage/writer_lock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

namespace fs = std::filesystem;

// `work` in a process of its own, which ends when `finish` is called; it has done `work` before the
// constructor returns.
class OtherProcess {
  public:
    template <class Work> explicit OtherProcess(Work work) {
        int ready[2]{};
        int end[2]{};
        if (::pipe(ready) != 0 || ::pipe(end) != 0) throw std::runtime_error("pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(end[1]);
            const char answer = work();
            char byte{};
            if (::write(ready[1], &answer, 1) == 1 && ::read(end[0], &byte, 1) >= 0) ::_exit(0);
            ::_exit(1);
        }
        ::close(ready[1]);
        ::close(end[0]);
        if (::read(ready[0], &answer_, 1) != 1) answer_ = '?';
        ::close(ready[0]);
        end_ = end[1];
    }
    ~OtherProcess() { finish(); }
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;

    char answer() const { return answer_; }
    pid_t pid() const { return pid_; }
    void finish() {
        if (pid_ <= 0) return;
        ::close(end_);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

  private:
    pid_t pid_{};
    int end_{-1};
    char answer_{};
};

struct OneWriter : testing::Test {
    // 'o': opened, 'b': busy, 'f': another failure.
    static char try_to_open(const std::string& name) {
        const auto opened = EventStore::open(name);
        return opened ? 'o' : opened.error().reason == StoreError::busy ? 'b' : 'f';
    }
    void expect_refused(const std::string& name) {
        EXPECT_EQ(try_to_open(name), 'b') << name << ", in this process";
        EXPECT_EQ(OtherProcess([&] { return try_to_open(name); }).answer(), 'b') << name;
    }

    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
};

TEST_F(OneWriter, ASecondOneIsRefusedByEveryNameOfTheFile) {
    const auto store = test::open_store(path);
    fs::create_symlink(path, dir.file("link.db"));
    fs::create_hard_link(path, dir.file("hard.db"));
    fs::create_directory_symlink(fs::path(path).parent_path(), dir.file("folder"));
    for (const auto& name : {path, dir.file("link.db"), dir.file("hard.db"),
                             dir.file("folder") + "/store.db", dir.file("folder") + "/link.db"})
        expect_refused(name);
}

TEST_F(OneWriter, DeletingTheLockFileLetsNobodyIn) {
    const auto store = test::open_store(path);
    ASSERT_TRUE(fs::remove(path + ".lock"));
    expect_refused(path);
}

// What was tried, and refused, in this process has not taken SQLite's own locks from the writer:
// another process would find nobody at the file, and take its log away when it leaves.
TEST_F(OneWriter, ARefusalLeavesTheWritersOwnLocks) {
    const auto store = test::open_store(path);
    test::append(*store, {test::seen(1, 1)});
    expect_refused(path);
    const OtherProcess looked([&] {
        Connection other(path, Access::read_write_create, std::chrono::seconds(1));
        return other.integer("SELECT count(*) FROM events") == 1 ? '1' : '0';
    });
    EXPECT_EQ(looked.answer(), '1');
    EXPECT_TRUE(fs::exists(path + "-wal"));
}

TEST_F(OneWriter, TheLockGoesWithItsProcess) {
    OtherProcess other([&] {
        static auto held = EventStore::open(path);
        return held ? 'o' : 'f';
    });
    ASSERT_EQ(other.answer(), 'o');
    EXPECT_EQ(try_to_open(path), 'b');
    other.finish();
    EXPECT_EQ(try_to_open(path), 'o');
}

TEST_F(OneWriter, AReplacedFileIsNoticed) {
    const auto store = test::open_store(path);
    EXPECT_TRUE(store->names_its_file());
    fs::rename(path, path + ".away");
    EXPECT_FALSE(store->names_its_file());
    fs::copy_file(path + ".away", path);
    EXPECT_FALSE(store->names_its_file());
}

TEST_F(OneWriter, AProcessThatHoldsASnapshotIsNamed) {
    const auto store = test::open_store(path);
    test::append(*store, {test::seen(1, 1)});
    EXPECT_TRUE(store->log_ahead().readers().empty());
    OtherProcess reader([&] {
        static Connection held(path, Access::read_only, std::chrono::seconds(1));
        held.execute("BEGIN");
        return held.integer("SELECT count(*) FROM events") == 1 ? '1' : '0';
    });
    ASSERT_EQ(reader.answer(), '1');
    const auto before = store->log_ahead().bytes();
    test::append(*store, {test::seen(2, 2)});
    EXPECT_GT(store->log_ahead().bytes(), before);
    const auto readers = store->log_ahead().readers();
    ASSERT_EQ(readers.size(), 1u);
    EXPECT_EQ(readers.front().pid, reader.pid());
    EXPECT_FALSE(readers.front().command.empty());
    reader.finish();
    EXPECT_TRUE(store->log_ahead().readers().empty());
}

} // namespace
} // namespace viz::storage
