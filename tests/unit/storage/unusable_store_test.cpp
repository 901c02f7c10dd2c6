// What start-up says about a file that cannot be the record.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "components/storage/schema.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

struct UnusableStore : testing::Test {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};

    StoreFailure failure_of(const std::string& file) {
        const auto opened = EventStore::open(file);
        EXPECT_FALSE(opened);
        return opened ? StoreFailure{} : opened.error();
    }
};

TEST_F(UnusableStore, NoSuchDirectory) {
    const auto failure = failure_of(dir.file("missing/store.db"));
    EXPECT_EQ(failure.reason, StoreError::cannot_open);
    EXPECT_NE(failure.message("x").find("directory exists"), std::string::npos);
}

TEST_F(UnusableStore, ADirectory) {
    ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
    EXPECT_EQ(failure_of(path).reason, StoreError::cannot_open);
}

TEST_F(UnusableStore, NotADatabase) {
    std::ofstream(path) << std::string(8192, 'x');
    EXPECT_EQ(failure_of(path).reason, StoreError::not_a_store);
}

TEST_F(UnusableStore, AnotherApplicationsDatabase) {
    {
        Connection other(path, Access::read_write_create, std::chrono::seconds(1));
        other.execute("CREATE TABLE notes(text TEXT)");
    }
    EXPECT_EQ(failure_of(path).reason, StoreError::not_a_store);
    Connection other(path, Access::read_only, std::chrono::seconds(1));
    EXPECT_EQ(other.integer("SELECT count(*) FROM sqlite_master"), 1) << "left as it was";
}

TEST_F(UnusableStore, ANewerSchemaIsRefusedByName) {
    test::append(*test::open_store(path), test::sights(0, 3));
    {
        Connection newer(path, Access::read_write_create, std::chrono::seconds(1));
        newer.execute("PRAGMA user_version = 99");
    }
    const auto failure = failure_of(path);
    EXPECT_EQ(failure.reason, StoreError::newer_schema);
    EXPECT_NE(failure.message(path).find("99"), std::string::npos);
    EXPECT_NE(failure.message(path).find("newer viz-api"), std::string::npos);
}

TEST_F(UnusableStore, ADamagedFileIsCorrupt) {
    test::append(*test::open_store(path), test::sights(0, 2000));
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096);
        const std::string garbage(200'000, '\x5a');
        file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
    }
    EXPECT_EQ(failure_of(path).reason, StoreError::corrupt);
}

// As another user, because root may write everywhere.
StoreError reason_without_privileges(const std::string& path) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(200);
        const auto opened = EventStore::open(path);
        ::_exit(opened ? 201 : static_cast<int>(opened.error().reason));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_LT(WEXITSTATUS(status), 200);
    return static_cast<StoreError>(WEXITSTATUS(status));
}

TEST_F(UnusableStore, AReadOnlyDirectory) {
    ASSERT_EQ(::chmod(dir.path().c_str(), 0555), 0);
    EXPECT_EQ(reason_without_privileges(path), StoreError::read_only);
    ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
}

TEST_F(UnusableStore, AWriteProtectedFile) {
    (void)test::open_store(path);
    ASSERT_EQ(::chmod(path.c_str(), 0444), 0);
    ASSERT_EQ(::chmod((path + ".lock").c_str(), 0666), 0);
    ASSERT_EQ(::chmod(dir.path().c_str(), 0777), 0);
    EXPECT_EQ(reason_without_privileges(path), StoreError::read_only);
}

TEST(Schema, AMigratedStoreIsOursAndMigratingAgainChangesNothing) {
    const viz::test::TempDir dir;
    Connection connection(dir.file("s.db"), Access::read_write_create, std::chrono::seconds(1));
    check_identity(connection);
    migrate(connection);
    EXPECT_EQ(connection.integer("PRAGMA application_id"), kApplicationId);
    EXPECT_EQ(connection.integer("PRAGMA user_version"), kStoreVersion);
    const auto tables = connection.integer("SELECT count(*) FROM sqlite_master");
    check_identity(connection);
    migrate(connection);
    EXPECT_EQ(connection.integer("SELECT count(*) FROM sqlite_master"), tables);
}

TEST(Schema, NamesOfTypesAndStatusesAreThoseOfTheCode) {
    const viz::test::TempDir dir;
    Connection connection(dir.file("s.db"), Access::read_write_create, std::chrono::seconds(1));
    migrate(connection);
    auto types = connection.prepare("SELECT id, name FROM event_types");
    while (types.step())
        EXPECT_EQ(bus::to_string(static_cast<bus::EventType>(types.integer(0))), types.text(1));
    auto statuses = connection.prepare("SELECT id, name FROM lifecycle_statuses");
    int known = 0;
    while (statuses.step()) {
        const auto status = bus::lifecycle_status_from_number(statuses.integer(0));
        ASSERT_TRUE(status);
        EXPECT_EQ(bus::to_string(*status), statuses.text(1));
        ++known;
    }
    EXPECT_EQ(known, 7);
}

} // namespace
} // namespace viz::storage
