// verify finds every single flipped bit of a record's files. In the short form bits at a prime
// distance, of every place in a byte; all of them with VIZ_TEST_EVERY_BIT=1 (an hour).
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "components/storage/end_mark.hpp"
#include "scene.hpp"
#include "tests/support/opportunity_samples.hpp"

namespace viz::replay::test {
namespace {

namespace fs = std::filesystem;

// One flip at a time, taken back on leaving.
class Flip {
  public:
    Flip(const std::string& path, std::size_t bit) : path_(path), bit_(bit) { toggle(); }
    ~Flip() { toggle(); }
    Flip(const Flip&) = delete;
    Flip& operator=(const Flip&) = delete;

  private:
    void toggle() const {
        std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(static_cast<std::streamoff>(bit_ / 8));
        const auto byte = static_cast<char>(file.get() ^ (1 << bit_ % 8));
        file.seekp(static_cast<std::streamoff>(bit_ / 8));
        file.put(byte);
    }

    const std::string& path_;
    std::size_t bit_;
};

struct FlippedBits : testing::Test {
    Scene scene;
    std::string copy{scene.dir.file("copy.db")};

    FlippedBits() {
        scene.fill(12);
        append(*scene.store,
               {entry(viz::test::sample_opportunity()), entry(viz::test::sample_exposure()),
                entry(viz::test::sample_parity())});
        append(*scene.store, {entry(bus::TxSeen{.hash = hash_of(77)})});
    }
    // As the files are when the process is killed now.
    void copy_files() const {
        for (const auto* part : {"", "-wal", ".end"})
            if (fs::exists(scene.path + part))
                fs::copy_file(scene.path + part, copy + part, fs::copy_options::overwrite_existing);
    }
    // Flips of `file` that verify says nothing of.
    std::vector<std::size_t> unnoticed(const std::string& file, std::size_t step) const {
        if (std::getenv("VIZ_TEST_EVERY_BIT") != nullptr) step = 1;
        std::vector<std::size_t> bits;
        const auto size = fs::file_size(file) * 8;
        for (std::size_t bit = 0; bit < size; bit += step) {
            const Flip flip(file, bit);
            if (run({"verify", copy}).status == kOk) bits.push_back(bit);
        }
        return bits;
    }
};

using None = std::vector<std::size_t>;

TEST_F(FlippedBits, OfTheDatabase) {
    scene.store.reset();
    copy_files();
    ASSERT_EQ(run({"verify", copy}).status, kOk) << run({"verify", copy}).out;
    EXPECT_EQ(unnoticed(copy, 997), None{});
    // The header, which says how to read the rest.
    for (std::size_t bit = 0; bit < 100 * 8; ++bit) {
        const Flip flip(copy, bit);
        EXPECT_NE(run({"verify", copy}).status, kOk) << "bit " << bit;
    }
}

TEST_F(FlippedBits, OfTheWriteAheadLog) {
    copy_files();
    const auto log = copy + "-wal";
    ASSERT_EQ(run({"verify", copy}).status, kOk) << run({"verify", copy}).out;
    EXPECT_EQ(unnoticed(log, 1'009), None{});
    for (std::size_t bit = 0; bit < (32 + 24) * 8; ++bit) {
        const Flip flip(log, bit);
        EXPECT_NE(run({"verify", copy}).status, kOk) << "bit " << bit;
    }
}

TEST_F(FlippedBits, OfTheMarkOfTheEnd) {
    scene.store.reset();
    copy_files();
    EXPECT_EQ(unnoticed(storage::EndMark::path_of(copy), 7), None{});
}

TEST(FlippedBitsOfALargeRecord, ASample) {
    Scene scene;
    scene.fill(20'000);
    scene.write_checkpoints();
    scene.store.reset();
    const auto size = fs::file_size(scene.path) * 8;
    for (std::size_t bit = 12'345; bit < size; bit += size / 7) {
        const Flip flip(scene.path, bit);
        EXPECT_NE(run({"verify", scene.path}).status, kOk) << "bit " << bit;
    }
    const auto checkpoints = storage::CheckpointFile::path_of(scene.path);
    const auto all = fs::file_size(checkpoints) * 8;
    for (std::size_t bit = 12'345; bit < all; bit += all / 5) {
        const Flip flip(checkpoints, bit);
        EXPECT_NE(run({"verify", scene.path}).status, kOk) << "bit " << bit;
    }
}

} // namespace
} // namespace viz::replay::test
