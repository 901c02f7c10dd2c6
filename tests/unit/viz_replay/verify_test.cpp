#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "components/storage/sqlite.hpp"
#include "scene.hpp"

namespace viz::replay::test {
namespace {

using testing::HasSubstr;

void damage(const std::string& path, const std::string& sql) {
    storage::Connection(path, storage::Access::read_write_create, std::chrono::seconds(1))
        .execute(sql);
}

void cut(const Scene& scene, std::uint64_t up_to) {
    const auto done = scene.store->trim({.up_to_seq_id = up_to, .max_events = up_to});
    ASSERT_TRUE(done && done->events == up_to);
}

struct Checked : Scene {
    Checked() {
        fill(12'000);
        write_checkpoints();
    }
    std::string checkpoints() const { return storage::CheckpointFile::path_of(path); }
    Said verify() const { return run({"verify", path}); }
};

TEST(Verify, AWholeRecordIsOk) {
    const Checked scene;
    const auto said = scene.verify();
    EXPECT_EQ(said.status, 0) << said.out;
    EXPECT_THAT(said.out, HasSubstr("ok: events 1 to 28000, checkpoints compared 2"));
}

TEST(Verify, WorksWithoutCheckpointsAndOnAnEmptyRecord) {
    Scene scene;
    EXPECT_EQ(run({"verify", scene.path}).status, 0);
    scene.fill(10);
    EXPECT_EQ(run({"verify", "--quick", scene.path}).status, 0);
}

// As retention leaves it: between two checkpoints, or in the middle of a stretch.
TEST(Verify, BehindACutItBeginsWithTheFirstCheckpointThatIsLeft) {
    for (const auto& [gone, compared] : {std::pair{10'000, 1}, {12'000, 0}}) {
        const Checked scene;
        cut(scene, static_cast<std::uint64_t>(gone));
        const auto said = scene.verify();
        EXPECT_EQ(said.status, 0) << said.out;
        EXPECT_THAT(said.out, HasSubstr("ok: events " + std::to_string(gone + 1) +
                                        " to 28000, checkpoints compared " +
                                        std::to_string(compared) + ", pending at the end 8000"));
        damage(scene.checkpoints(),
               "UPDATE checkpoints SET pending_count = 1 WHERE seq_id = 20000");
        EXPECT_EQ(scene.verify().status, compared);
    }
}

TEST(Verify, BehindACutWithoutCheckpointsItClaimsNothingOfWhatIsPending) {
    Scene scene;
    scene.fill(100);
    cut(scene, 50);
    const auto said = run({"verify", scene.path});
    EXPECT_EQ(said.status, 0);
    EXPECT_THAT(said.out, HasSubstr("pending at the end unknown"));
    const auto frames = run({"frames", scene.path});
    EXPECT_EQ(frames.status, 3);
    EXPECT_THAT(frames.error, HasSubstr("no stored checkpoint has"));
}

TEST(Frames, BehindACutAreThoseOfTheWholeLog) {
    const Checked scene;
    const auto whole = run({"frames", "--every", "4000", scene.path}).lines();
    cut(scene, 10'000);
    const auto behind = run({"frames", "--every", "4000", scene.path}).lines();
    ASSERT_EQ(behind.size(), 5u); // 12, 16, 20, 24 and 28 thousand
    EXPECT_TRUE(std::equal(behind.rbegin(), behind.rend(), whole.rbegin()));
}

TEST(Verify, FindsAGap) {
    const Checked scene;
    damage(scene.path, "DELETE FROM events WHERE seq_id BETWEEN 21000 AND 21002");
    const auto said = scene.verify();
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.out, HasSubstr("events 21000 to 21002 are missing"));
}

TEST(Verify, FindsAnEventThatCannotBeRead) {
    const Checked scene;
    damage(scene.path, "UPDATE events SET payload = x'00' WHERE seq_id = 25000");
    const auto said = scene.verify();
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.out, HasSubstr("event 25000 is damaged: checksum_mismatch"));
}

TEST(Verify, FindsACheckpointThatIsNotWhatTheLogGives) {
    for (const auto* change :
         {"UPDATE checkpoints SET set_hash = zeroblob(32) WHERE seq_id = 20000",
          "UPDATE checkpoints SET pending_count = 1 WHERE seq_id = 20000",
          "UPDATE checkpoints SET state = zeroblob(3) WHERE seq_id = 20000",
          "UPDATE checkpoints SET tip = zeroblob(32) WHERE seq_id = 20000"}) {
        const Checked scene;
        damage(scene.checkpoints(), change);
        const auto said = scene.verify();
        EXPECT_EQ(said.status, 1) << change;
        EXPECT_THAT(said.out, HasSubstr("checkpoint 20000")) << change;
    }
}

} // namespace
} // namespace viz::replay::test
