#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "components/storage/checkpointer.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage::test {
namespace {

using bus::PendingSet;
using testing::IsEmpty;
using testing::SizeIs;
using Mode = CheckpointFile::Mode;

// A log in which every transaction is decoded, and most are settled some hundred later.
struct Scene {
    viz::test::TempDir dir;
    std::string path{dir.file("store.db")};
    std::unique_ptr<EventStore> store{open_store(path)};
    Reader reader{path};
    std::uint64_t tx{};

    void grow_to(std::uint64_t events) {
        while (store->latest_seq_id() < events) {
            std::vector<Entry> batch;
            for (std::uint64_t i = 0; i < 500; ++i, ++tx) {
                batch.push_back(seen(tx));
                batch.push_back(entry(bus::TxDecoded{.hash = hash_of(tx)}));
                if (tx >= 300 && tx % 7 != 0)
                    batch.push_back(entry(bus::TxDropped{.hash = hash_of(tx - 300)}));
            }
            append(*store, std::move(batch));
        }
    }
    std::unique_ptr<CheckpointFile> file(Mode mode = Mode::write) {
        auto opened = CheckpointFile::open(CheckpointFile::path_of(path), mode);
        if (!opened) throw std::runtime_error(opened.error().detail);
        return std::move(*opened);
    }
    PendingSet folded(std::uint64_t up_to) {
        PendingSet set;
        if (!reader.walk(0, up_to, [&](const bus::PendingStep& step) { set.apply(step); }))
            throw std::runtime_error("walk");
        return set;
    }
    // Brings the checkpoints up to the log; answers what was found wrong before.
    std::vector<std::string> bring_up(CheckpointFile& checkpoints) {
        std::vector<std::string> notes;
        Checkpointer checkpointer(reader, checkpoints);
        if (const auto failure = checkpointer.resume(notes))
            throw std::runtime_error(failure->detail);
        for (;;) {
            const auto more = checkpointer.advance();
            if (!more) throw std::runtime_error(more.error().detail);
            if (!*more) return notes;
        }
    }
    void damage(const std::string& sql) {
        sqlite3* db = nullptr;
        sqlite3_open(CheckpointFile::path_of(path).c_str(), &db);
        ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
        sqlite3_close(db);
    }
};

CheckpointState load(CheckpointFile& file, std::uint64_t seq_id) {
    std::vector<std::string> skipped;
    auto state = file.load(seq_id, skipped);
    return state && *state ? std::move(**state) : CheckpointState{};
}

TEST(Checkpoints, HoldTheSetThatFoldingTheWholeLogGives) {
    Scene scene;
    scene.grow_to(65'000);
    const auto file = scene.file();
    EXPECT_THAT(scene.bring_up(*file), IsEmpty());
    for (std::uint64_t seq = kCheckpointEvery; seq <= 60'000; seq += kCheckpointEvery) {
        const auto state = load(*file, seq);
        EXPECT_EQ(state.seq_id, seq);
        EXPECT_EQ(state.members, scene.folded(seq).members()) << "at " << seq;
    }
    EXPECT_EQ(load(*file, 64'999).seq_id, 60'000u) << "the nearest before";
    EXPECT_EQ(load(*file, kCheckpointEvery - 1).seq_id, 0u) << "none before the first";
}

TEST(Checkpoints, AreTheSameHoweverOftenTheWriterBeganAgain) {
    Scene scene;
    std::vector<bus::Hash> at_once;
    std::vector<bus::Hash> in_pieces;
    const auto hashes = [&](CheckpointFile& file) {
        std::vector<bus::Hash> out;
        const auto rows = file.rows(0, 1000);
        for (const auto& row : *rows) out.push_back(row.set_hash);
        return out;
    };
    for (std::uint64_t events = 15'000; events <= 60'000; events += 15'000) {
        scene.grow_to(events);
        const auto file = scene.file();
        scene.bring_up(*file);
        in_pieces = hashes(*file);
    }
    std::filesystem::remove(CheckpointFile::path_of(scene.path));
    const auto file = scene.file();
    scene.bring_up(*file);
    at_once = hashes(*file);
    EXPECT_THAT(at_once, SizeIs(6));
    EXPECT_EQ(at_once, in_pieces);
}

TEST(Checkpoints, CountWithinAnInterval) {
    Scene scene;
    scene.grow_to(21'000);
    const auto file = scene.file();
    scene.bring_up(*file);
    const auto points = file->points(5'000, 12'000);
    ASSERT_TRUE(points);
    ASSERT_THAT(*points, SizeIs(8));
    for (const auto& point : *points)
        EXPECT_EQ(point.pending_count, scene.folded(point.seq_hi).count()) << point.seq_hi;
}

TEST(Checkpoints, ThatDoNotVerifyAreIgnoredAndMadeAgain) {
    Scene scene;
    scene.grow_to(45'000);
    {
        const auto file = scene.file();
        scene.bring_up(*file);
    }
    scene.damage("UPDATE checkpoints SET state = zeroblob(length(state)) WHERE seq_id = 40000");
    const auto file = scene.file();
    std::vector<std::string> skipped;
    const auto state = file->load(45'000, skipped);
    ASSERT_TRUE(state && *state);
    EXPECT_LT((*state)->seq_id, 40'000u);
    EXPECT_EQ((*state)->members, scene.folded((*state)->seq_id).members());
    EXPECT_THAT(skipped, testing::Not(IsEmpty()));
    EXPECT_THAT(scene.bring_up(*file), testing::Not(IsEmpty())) << "told";
    EXPECT_EQ(load(*file, 45'000).members, scene.folded(40'000).members());
}

TEST(Checkpoints, OfAnotherLogAreIgnored) {
    Scene one;
    one.grow_to(25'000);
    one.bring_up(*one.file());
    Scene other;
    other.tx = 1'000'000;
    other.grow_to(25'000);
    std::filesystem::copy_file(CheckpointFile::path_of(one.path),
                               CheckpointFile::path_of(other.path));
    const auto file = other.file();
    EXPECT_THAT(other.bring_up(*file), SizeIs(2));
    EXPECT_EQ(load(*file, 25'000).members, other.folded(20'000).members());
}

TEST(Checkpoints, AFileThatIsNoneIsReplaced) {
    Scene scene;
    scene.grow_to(12'000);
    std::ofstream(CheckpointFile::path_of(scene.path)) << std::string(5000, 'x');
    const auto file = scene.file();
    scene.bring_up(*file);
    EXPECT_EQ(load(*file, 12'000).seq_id, 10'000u);
}

TEST(Checkpoints, OfAnOlderVersionAreMadeAnew) {
    Scene scene;
    scene.grow_to(12'000);
    scene.bring_up(*scene.file());
    scene.damage("PRAGMA user_version = 99");
    const auto path = CheckpointFile::path_of(scene.path);
    EXPECT_EQ(CheckpointFile::open(path, Mode::read).error().reason, StoreError::not_a_store);
    const auto file = scene.file();
    EXPECT_EQ(load(*file, 12'000).seq_id, 0u);
    scene.bring_up(*file);
    EXPECT_EQ(load(*file, 12'000).seq_id, 10'000u);
}

TEST(Checkpoints, PrunedWithTheLogStillServeWhatIsLeft) {
    Scene scene;
    scene.grow_to(105'000);
    const auto file = scene.file();
    scene.bring_up(*file);
    ASSERT_FALSE(file->prune(65'000));
    EXPECT_EQ(load(*file, 64'999).members, scene.folded(60'000).members());
    const auto rows = file->rows(0, 1000);
    EXPECT_LE(rows->size(), 10u);
    EXPECT_EQ(load(*file, 105'000).seq_id, 100'000u);
}

} // namespace
} // namespace viz::storage::test
