#include "runtime/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

namespace viz::runtime {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> fields_of(std::string_view message, std::string_view thread = "viz-api") {
    return journal_fields(spdlog::level::info, message, thread);
}

TEST(Journal, ALineIsItsMessageItsPriorityAndWhatItNames) {
    EXPECT_THAT(journal_fields(spdlog::level::warn,
                               "endpoint left chain=dev source=anvil#1 endpoint=ws://127.0.0.1:1 "
                               "reason=connect_failed held_back=3",
                               "viz-ingest"),
                ElementsAre("MESSAGE=endpoint left chain=dev source=anvil#1 "
                            "endpoint=ws://127.0.0.1:1 reason=connect_failed held_back=3",
                            "PRIORITY=4", "SYSLOG_IDENTIFIER=viz-api", "VIZ_CHAIN=dev",
                            "VIZ_SOURCE=anvil#1", "VIZ_ENDPOINT=ws://127.0.0.1:1",
                            "VIZ_REASON=connect_failed", "VIZ_COMPONENT=ingest"));
}

TEST(Journal, LevelsAreSyslogs) {
    using namespace spdlog::level;
    const std::vector<std::pair<level_enum, std::string>> all{
        {trace, "7"}, {debug, "7"}, {info, "6"}, {warn, "4"}, {err, "3"}, {critical, "2"}};
    for (const auto& [level, priority] : all)
        EXPECT_THAT(journal_fields(level, "a", "b"), Contains("PRIORITY=" + priority));
}

TEST(Journal, ALineThatNamesItsComponentHasThatOne) {
    EXPECT_THAT(fields_of("component=storage failed error=\"x\"", "viz-monitor"),
                AllOf(Contains("VIZ_COMPONENT=storage"), Not(Contains("VIZ_COMPONENT=monitor"))));
    EXPECT_THAT(fields_of("retention", "viz-decode.0"), Contains("VIZ_COMPONENT=decode.0"));
    for (const auto* thread : {"viz-api", "", "worker"})
        EXPECT_THAT(fields_of("stopping", thread), Not(Contains(StartsWith("VIZ_COMPONENT="))));
}

TEST(Journal, QuotedValuesAreTakenWhole) {
    EXPECT_THAT(fields_of("storage cannot write reason=\"disk full\" detail=\"reason=other\""),
                AllOf(Contains("VIZ_REASON=disk full"), Not(Contains("VIZ_REASON=other\""))));
    EXPECT_THAT(fields_of("reason=\"never closed"), Contains("VIZ_REASON=never closed"));
}

// Text of a node may stand behind: it must not say whose line this is.
TEST(Journal, TheFirstOfANameCounts) {
    EXPECT_THAT(fields_of("left chain=dev reason=closed text=\"x chain=evil reason=evil\""),
                AllOf(Contains("VIZ_CHAIN=dev"), Contains("VIZ_REASON=closed"),
                      Not(Contains(testing::HasSubstr("VIZ_CHAIN=evil")))));
}

TEST(Journal, OnlyWholeKeysWithValuesAreFields) {
    for (const auto* line : {"blockchain=dev", "chain", "chain=", "chain =dev", "chains=a,b",
                             "reason= chain=", "held_back=3", "text=\"chain=dev\"",
                             "text=\"a chain=dev reason=b\" more"})
        EXPECT_EQ(fields_of(line).size(), 3u) << line;
    EXPECT_THAT(fields_of("blockchain=a chain=b"), Contains("VIZ_CHAIN=b"));
    EXPECT_THAT(fields_of("chain= chain=b"), Contains("VIZ_CHAIN=b"));
}

TEST(Journal, IsThereOnlyWhereTheStreamIsTheOneThatWasNamed) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    struct stat status {};
    ASSERT_EQ(::fstat(ends[1], &status), 0);
    const auto name = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
    EXPECT_TRUE(is_journal(ends[1], name.c_str()));
    EXPECT_FALSE(is_journal(ends[1], (name + "0").c_str()));
    EXPECT_FALSE(is_journal(ends[1], nullptr)) << "started by hand";
    EXPECT_FALSE(is_journal(-1, name.c_str()));
    for (const int end : ends) ::close(end);
}

TEST(Journal, SendsFieldsAndFallsBackToTheStreamWhenNobodyTakesThem) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    std::vector<std::string> sent;
    int answer = 0;
    spdlog::logger logger("test", std::make_shared<JournalSink>(
                                      [&](const iovec* fields, int count) {
                                          for (int i = 0; i < count; ++i)
                                              sent.emplace_back(
                                                  static_cast<const char*>(fields[i].iov_base),
                                                  fields[i].iov_len);
                                          return answer;
                                      },
                                      ends[1]));
    std::array<char, 64> read{};
    logger.warn("left chain={}", "dev");
    EXPECT_THAT(sent, AllOf(Contains("MESSAGE=left chain=dev"), Contains("VIZ_CHAIN=dev")));
    EXPECT_LT(::read(ends[0], read.data(), read.size()), 0);
    answer = -ENOENT;
    logger.warn("left chain={}", "dev");
    const auto size = ::read(ends[0], read.data(), read.size());
    ASSERT_GT(size, 0);
    EXPECT_EQ(std::string(read.data(), static_cast<std::size_t>(size)), "left chain=dev\n");
    for (const int end : ends) ::close(end);
}

} // namespace
} // namespace viz::runtime
