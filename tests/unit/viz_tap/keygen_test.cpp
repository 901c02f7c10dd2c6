#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.hpp"
#include "tools/viz_tap/commands.hpp"

namespace viz::tap {
namespace {

int make(const std::string& path, bool force = false) {
    std::ostringstream out;
    std::ostringstream notes;
    return keygen({.command = Command::keygen, .file = path, .force = force},
                  {out, notes, [] { return false; }});
}

std::string text_of(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(Keygen, WritesBothKeysForTheOwnerOnly) {
    const test::TempDir dir;
    ASSERT_EQ(make(dir.file("key")), kExitOk);
    EXPECT_THAT(text_of(dir.file("key")), testing::MatchesRegex("public .{40}\nsecret .{40}\n"));
    struct stat status {};
    ASSERT_EQ(stat(dir.file("key").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777u, 0600u);
}

TEST(Keygen, ReplacesAKeyOnlyWhenAsked) {
    const test::TempDir dir;
    make(dir.file("key"));
    const auto first = text_of(dir.file("key"));
    EXPECT_THROW(make(dir.file("key")), std::runtime_error);
    EXPECT_EQ(text_of(dir.file("key")), first);
    make(dir.file("key"), true);
    EXPECT_NE(text_of(dir.file("key")), first);
}

TEST(Keygen, FolderThatIsNotThereIsAnError) {
    EXPECT_THROW(make("/nonexistent/key"), std::runtime_error);
}

} // namespace
} // namespace viz::tap
