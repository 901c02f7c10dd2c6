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

TEST(RangeReplay, ReportsWhatCameAndWentBetweenTwoPoints) {
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
    const auto live = parts.model.pending().counts.total();
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

// Knows what storage's checkpoints know, up to `stored`.
struct CheckpointedHistory : MemoryHistory {
    std::uint64_t stored{};
    std::uint64_t walked{};

    void walk(std::uint64_t after, std::uint64_t last,
              const std::function<void(const bus::PendingStep&)>& visit) override {
        walked += last - after;
        MemoryHistory::walk(after, last, visit);
    }
    http::PendingStart pending_before(std::uint64_t seq_id) override {
        http::PendingStart start{.seq_id = std::min(stored, seq_id) / 10'000 * 10'000, .set = {}};
        MemoryHistory::walk(0, start.seq_id, [&](const auto& step) { start.set.apply(step); });
        return start;
    }
    std::vector<bus::PendingPoint> points(std::uint64_t from, std::uint64_t to) override {
        std::vector<bus::PendingPoint> out;
        bus::PendingSet set;
        MemoryHistory::walk(0, std::min(to, stored), [&](const auto& step) {
            set.apply(step);
            if (step.seq_id >= from && step.seq_id % kPointEvery == 0)
                out.push_back({step.seq_id, step.timestamp, set.count()});
        });
        return out;
    }
};

TEST(RangeReplay, FromCheckpointsIsTheSameAsFromTheBeginning) {
    CheckpointedHistory stored;
    MemoryHistory plain;
    for (std::uint64_t n = 0; n < 70'000; ++n) {
        const auto data = n % 3 == 2
                              ? bus::EventData(bus::TxDropped{.hash = hash_of(n < 60 ? n : n - 60)})
                              : bus::EventData(decoded(n));
        stored.append(event(data, kStartMs + static_cast<std::int64_t>(n)));
        plain.append(event(data, kStartMs + static_cast<std::int64_t>(n)));
    }
    for (const std::uint64_t up_to : {0U, 40'000U, 60'000U}) { // how far the checkpoints reach
        stored.stored = up_to;
        for (const auto& [from, to] :
             std::vector<std::pair<std::uint64_t, std::uint64_t>>{{1, 70'000},
                                                                  {10'000, 60'000},
                                                                  {25'001, 65'432},
                                                                  {30'000, 31'000},
                                                                  {65'000, 70'000}}) {
            RangeReplay fast(stored);
            RangeReplay slow(plain);
            const auto a = fast.run(from, to, 1);
            const auto b = slow.run(from, to, 1);
            ASSERT_TRUE(a && b);
            EXPECT_EQ(a->from_checkpoint, b->from_checkpoint) << from << " " << up_to;
            EXPECT_EQ(a->to_checkpoint, b->to_checkpoint) << to << " " << up_to;
            EXPECT_EQ(a->added, b->added);
            EXPECT_EQ(a->removed, b->removed);
            EXPECT_EQ(a->frames, b->frames) << from << ".." << to << " " << up_to;
        }
    }
}

TEST(RangeReplay, OfALongRangeLooksAtFewEvents) {
    CheckpointedHistory history;
    for (std::uint64_t n = 0; n < 200'000; ++n) history.append(event(decoded(n)));
    history.stored = 200'000;
    const auto range = RangeReplay(history).run(5, 195'000, 1);
    EXPECT_EQ(range->to_pending_count, 195'000u);
    EXPECT_EQ(range->stride, 1000u);
    EXPECT_EQ(range->frames.size(), 196u) << "5, 1000, 2000, … 195000";
    EXPECT_LT(history.walked, 20'000u);
}

TEST(ReplayTrack, GoesOnFromAPastAsDenseAsItWas) {
    http::ReplayTrack track(100);
    std::vector<http::ReplayPoint> past;
    for (std::uint64_t n = 1; n <= 500; ++n) past.push_back({n * 1000, eth::UnixMs{0}, n});
    track.begin_with(past, 1000);
    EXPECT_LE(track.view().size(), 100u);
    for (std::uint64_t n = 1; n <= 300'000; ++n) track.add({500'000 + n, eth::UnixMs{0}, 500});
    const auto points = track.view().points(50);
    EXPECT_EQ(points.front().seq_hi, 800'000u);
    EXPECT_LT(points.back().seq_hi, 50'000u);
    const auto old =
        std::ranges::count_if(points, [](const auto& p) { return p.seq_hi < 500'000; });
    EXPECT_NEAR(static_cast<double>(old), 50.0 * 5 / 8, 10) << "evenly spread";
}

} // namespace
} // namespace viz::test
