#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.hpp"

namespace viz::replay::test {
namespace {

using testing::HasSubstr;

TEST(VizReplay, HelpNamesTheCommandsAndTheExitStatuses) {
    const auto said = run({"--help"});
    EXPECT_EQ(said.status, 0);
    for (const auto* word : {"frames", "verify", "export", "--csv", "--since", "Exit status"})
        EXPECT_THAT(said.out, HasSubstr(word));
}

TEST(VizReplay, PrintsItsVersion) {
    EXPECT_THAT(run({"--version"}).out, HasSubstr(std::string("viz-replay ")));
}

TEST(VizReplay, ABadCommandLineIsOneLineAndStatusTwo) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> bad{
        {{}, "no command"},
        {{"dance", "x"}, "unknown command"},
        {{"verify"}, "no store"},
        {{"export", "x", "--csv", "--jsonl"}, "exclude each other"},
        {{"export", "x", "--what", "blocks"}, "transactions or sources"},
        {{"export", "x", "--since", "yesterday"}, "expected a time"},
        {{"export", "x", "--since", "2", "--until", "1"}, "after --until"},
        {{"export", "x", "--chain", "-1"}, "expected a number"},
        {{"frames", "x", "--every", "0"}, "at least 1"},
        {{"frames", "x", "--from", "9", "--to", "8"}, "after --to"},
        {{"frames", "x", "--wat"}, "wat"},
    };
    for (const auto& [arguments, text] : bad) {
        const auto said = run(arguments);
        EXPECT_EQ(said.status, 2) << text;
        EXPECT_THAT(said.error, HasSubstr(text));
        EXPECT_EQ(std::ranges::count(said.error, '\n'), 1) << said.error;
    }
}

TEST(VizReplay, AStoreThatCannotBeReadIsStatusThree) {
    viz::test::TempDir dir;
    const auto missing = run({"verify", dir.file("none.db")});
    EXPECT_EQ(missing.status, 3);
    EXPECT_THAT(missing.error, HasSubstr("no such file"));
    std::ofstream(dir.file("text")) << "not a database, but some text of more than one page";
    EXPECT_EQ(run({"verify", dir.file("text")}).status, 3);
}

TEST(ParseTime, ReadsMillisecondsAndUtc) {
    EXPECT_EQ(parse_time("1700000000123"), 1'700'000'000'123);
    EXPECT_EQ(parse_time("2023-11-14T22:13:20Z"), 1'700'000'000'000);
    EXPECT_EQ(parse_time("2023-11-14T22:13"), 1'699'999'980'000);
    EXPECT_EQ(parse_time("1970-01-02"), 86'400'000);
    for (const auto* bad : {"", "soon", "2023-11-14T22:13:20+01:00", "2023-13-01"})
        EXPECT_THROW(parse_time(bad), UsageError) << bad;
}

} // namespace
} // namespace viz::replay::test
