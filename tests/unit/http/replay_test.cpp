#include "http/replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "components/eth/keccak.hpp"
#include "tests/support/http_fixture.hpp"

namespace viz::test {
namespace {

using http::RangeReplay;
using testing::ElementsAre;

struct Scene {
    MemoryHistory history;
    RangeReplay replay{history};

    std::uint64_t add(bus::EventData data) { return history.append(event(std::move(data))).seq_id; }
    std::uint64_t decode(std::uint64_t n) { return add(decoded(n)); }
    std::uint64_t drop(std::uint64_t n) { return add(bus::TxDropped{.hash = hash_of(n)}); }
};

TEST(CheckpointHash, DoesNotDependOnOrder) {
    EXPECT_EQ(http::checkpoint_hash({hash_of(1), hash_of(2)}),
              http::checkpoint_hash({hash_of(2), hash_of(1)}));
    EXPECT_NE(http::checkpoint_hash({hash_of(1)}), http::checkpoint_hash({hash_of(2)}));
    EXPECT_EQ(http::checkpoint_hash({}), eth::keccak256({}));
    EXPECT_EQ(http::checkpoint_hash({hash_of(1)}), eth::keccak256(hash_of(1).view()));
}

TEST(RangeReplay, TellsWhatCameAndWentBetweenTwoPoints) {
    Scene scene;
    scene.decode(1);
    const auto from = scene.decode(2);
    scene.drop(1);
    const auto to = scene.decode(3);
    scene.decode(4);
    const auto result = scene.replay.run(from, to, 1);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->from_pending_count, 2u);
    EXPECT_EQ(result->to_pending_count, 2u);
    EXPECT_THAT(result->added, ElementsAre(hash_of(3)));
    EXPECT_THAT(result->removed, ElementsAre(hash_of(1)));
    EXPECT_EQ(result->from_checkpoint, http::checkpoint_hash({hash_of(1), hash_of(2)}));
    EXPECT_EQ(result->to_checkpoint, http::checkpoint_hash({hash_of(2), hash_of(3)}));
    ASSERT_EQ(result->frames.size(), 3u);
    EXPECT_EQ(result->frames.front().seq_hi, to) << "newest first";
    EXPECT_EQ(result->frames[1].pending_count, 1u);
    EXPECT_EQ(result->frames.back().seq_hi, from);
}

TEST(RangeReplay, FollowsConfirmationAndReorg) {
    Scene scene;
    const auto first = scene.decode(1);
    const auto included = scene.add(bus::TxConfirmedProvisional{.hash = hash_of(1)});
    const auto reopened = scene.add(bus::TxReorged{.hash = hash_of(1)});
    const auto again = scene.add(bus::TxConfirmedProvisional{.hash = hash_of(1)});
    const auto final_one = scene.add(bus::TxConfirmedFinal{.hash = hash_of(1)});
    EXPECT_EQ(scene.replay.run(first, included, 1)->to_pending_count, 0u);
    EXPECT_EQ(scene.replay.run(first, reopened, 1)->to_pending_count, 1u);
    EXPECT_EQ(scene.replay.run(first, again, 1)->to_pending_count, 0u);
    EXPECT_EQ(scene.replay.run(first, final_one, 1)->to_pending_count, 0u);
}

TEST(RangeReplay, AgreesWithTheLiveView) {
    ApiParts parts;
    for (std::uint64_t n = 0; n < 50; ++n) parts.feed_transaction(n);
    for (std::uint64_t n = 0; n < 20; ++n) parts.feed(event(bus::TxDropped{.hash = hash_of(n)}));
    RangeReplay replay(parts.history);
    const auto latest = parts.model.latest_seq_id();
    const auto live =
        parts.model.read([](const auto& state) { return state.pending.counts().total(); });
    EXPECT_EQ(replay.run(latest, latest, 1)->to_pending_count, live);
    EXPECT_EQ(live, 30u);
}

TEST(RangeReplay, RefusesWhatIsNotInTheLog) {
    Scene scene;
    EXPECT_EQ(scene.replay.run(1, 1, 1).error(), http::ReplayError::unknown_seq) << "empty log";
    scene.decode(1);
    scene.decode(2);
    EXPECT_EQ(scene.replay.run(0, 1, 1).error(), http::ReplayError::unknown_seq);
    EXPECT_EQ(scene.replay.run(1, 3, 1).error(), http::ReplayError::unknown_seq);
    EXPECT_TRUE(scene.replay.run(1, 2, 1));
}

// Where retention has cut without a checkpoint, what was pending at the cut is not known.
TEST(RangeReplay, DoesNotMakeUpAStateThatIsGone) {
    Scene scene;
    for (std::uint64_t n = 0; n < 10; ++n) scene.decode(n);
    scene.history.forget_up_to(4);
    EXPECT_EQ(scene.replay.run(4, 6, 1).error(), http::ReplayError::unknown_seq);
    EXPECT_EQ(scene.replay.run(5, 6, 1).error(), http::ReplayError::state_gone);
}

TEST(RangeReplay, ThinsFramesByStrideAndKeepsThemFew) {
    Scene scene;
    for (std::uint64_t n = 0; n < 12'000; ++n) scene.decode(n);
    EXPECT_EQ(scene.replay.run(1, 12'000, 5000)->frames.size(), 4u) << "1, 5001, 10001, 12000";
    const auto dense = scene.replay.run(1, 12'000, 1);
    EXPECT_LE(dense->frames.size(), RangeReplay::kMaxFrames + 1);
    EXPECT_GT(dense->stride, 1u);
}

} // namespace
} // namespace viz::test
