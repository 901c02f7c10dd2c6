#include "tools/viz_tap/recording.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.hpp"

namespace viz::tap {
namespace {

bus::TapMessage message(std::uint64_t n, std::size_t bytes) {
    return {.topic = "tx.decoded." + std::to_string(n),
            .header = {.producer = {'a'}, .sequence = n, .wall_unix_ns = 5, .mono_ns = 6},
            .payload = bus::Payload(bytes, static_cast<std::uint8_t>(n))};
}

std::string recorded(const test::TempDir& dir, std::uint64_t messages) {
    RecordingWriter writer(dir.file("r"), true);
    for (std::uint64_t n = 1; n <= messages; ++n) writer.write(message(n, n * 1000));
    writer.close();
    return dir.file("r");
}

std::string why_not(const std::string& path) {
    try {
        RecordingReader reader(path);
        while (reader.next()) {
        }
    } catch (const RecordingError& error) {
        return error.what();
    }
    return {};
}

TEST(Recording, GivesBackWhatWasWritten) {
    const test::TempDir dir;
    RecordingReader reader(recorded(dir, 70));
    for (std::uint64_t n = 1; n <= 70; ++n) {
        const auto back = reader.next();
        ASSERT_TRUE(back);
        EXPECT_EQ(back->topic, message(n, 0).topic);
        EXPECT_EQ(back->header.sequence, n);
        EXPECT_EQ(back->header.producer_name(), "a");
        EXPECT_EQ(back->header.wall_unix_ns, 5);
        EXPECT_EQ(back->header.mono_ns, 6);
        EXPECT_EQ(back->payload, message(n, n * 1000).payload);
    }
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.cut_short());
}

TEST(Recording, CutAtAnyPlaceGivesWhatIsWholeAndSaysSo) {
    const test::TempDir dir;
    const auto path = recorded(dir, 2);
    const auto whole = std::filesystem::file_size(path);
    const auto second = 6 + bus::kHeaderSize + 12 + 2000;
    for (const auto cut : {1ul, 5ul, 6ul, 40ul, 46ul, 100ul, second - 1}) {
        std::filesystem::resize_file(path, whole);
        recorded(dir, 2);
        std::filesystem::resize_file(path, whole - second + cut);
        RecordingReader reader(path);
        EXPECT_TRUE(reader.next()) << cut;
        EXPECT_FALSE(reader.next()) << cut;
        EXPECT_TRUE(reader.cut_short()) << cut;
    }
}

TEST(Recording, OtherFilesAreRefused) {
    const test::TempDir dir;
    EXPECT_THAT(why_not(dir.file("none")), testing::HasSubstr("No such file"));
    std::ofstream(dir.file("text")) << "something else entirely, but long enough to be read";
    EXPECT_THAT(why_not(dir.file("text")), testing::HasSubstr("is not a recording"));
    std::ofstream(dir.file("other")) << "viz-tap recording 1 schema 9\nand what follows it";
    EXPECT_THAT(why_not(dir.file("other")), testing::HasSubstr("another format or schema"));
    const auto path = recorded(dir, 1);
    std::fstream damaged(path, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(29 + 2);
    damaged.write("\xff\xff\xff\xff", 4);
    damaged.close();
    EXPECT_THAT(why_not(path), testing::HasSubstr("is damaged"));
}

TEST(Recording, IsForItsOwnerOnlyAndReplacesNothingUnasked) {
    const test::TempDir dir;
    const auto path = recorded(dir, 1);
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777u, 0600u);
    EXPECT_THROW(RecordingWriter(path, false), RecordingError);
    EXPECT_TRUE(RecordingReader(path).next()) << "the old one stands";
}

TEST(Recording, DiskThatIsFullIsAnError) {
    EXPECT_THROW(
        {
            RecordingWriter writer("/dev/full", true);
            writer.close();
        },
        RecordingError);
}

} // namespace
} // namespace viz::tap
