#include "http/read_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/http_fixture.hpp"

namespace viz::test {
namespace {

using http::PendingView;
using http::ReadModel;
using http::ReadModelLimits;
using testing::ElementsAre;

// A record and a model of it, without an API.
struct Scene {
    explicit Scene(const ReadModelLimits& limits = {}) : model(&history, limits) {}

    bus::Envelope feed(bus::EventData data, std::uint64_t chain = 1) {
        auto numbered = record_only(std::move(data), chain);
        model.apply(numbered);
        return numbered;
    }
    // As if storage had published it to a subscriber that missed it.
    bus::Envelope record_only(bus::EventData data, std::uint64_t chain = 1) {
        return history.append(event(std::move(data), ++now_ms, "node-a", chain));
    }
    void ready(std::uint64_t n, std::uint64_t chain = 1) {
        feed(bus::TxReady{.hash = hash_of(n), .sender = address_of(n % 1000)}, chain);
    }

    std::vector<std::uint64_t> window() const { return window_of(model); }
    static std::vector<std::uint64_t> window_of(const ReadModel& model) {
        std::vector<std::uint64_t> out;
        model.events().scan(0, {}, [&](const auto& entry) {
            out.push_back(entry.seq_id);
            return true;
        });
        return out;
    }
    std::vector<eth::Hash> listed(std::optional<bus::ChainId> chain = {}) const {
        std::vector<eth::Hash> out;
        model.transactions(chain).newest_first([&](const auto& record) {
            out.push_back(record.hash);
            return true;
        });
        return out;
    }
    PendingView::Counts pending(std::optional<bus::ChainId> chain = {}) const {
        return model.pending(chain).counts;
    }
    PendingView::Totals totals() const { return model.pending().totals; }
    std::optional<bus::TransactionRecord> record(std::uint64_t n) const {
        const auto found = model.transaction(hash_of(n));
        return found ? std::optional(*found) : std::nullopt;
    }

    std::int64_t now_ms{kStartMs};
    MemoryHistory history;
    ReadModel model;
};

// ------------------------------------------------------------------ order

TEST(ReadModelOrder, AppliesEachEventOnce) {
    Scene scene;
    const auto first = scene.feed(decoded(1));
    scene.feed(decoded(2));
    scene.model.apply(first);
    EXPECT_THAT(scene.window(), ElementsAre(1, 2));
    EXPECT_EQ(scene.totals().decoded, 2u);
    EXPECT_EQ(scene.model.latest_seq_id(), 2u);
}

TEST(ReadModelOrder, FetchesWhatItMissedBeforeWhatCame) {
    Scene scene;
    scene.feed(decoded(1));
    for (std::uint64_t n = 2; n <= 5000; ++n) scene.record_only(decoded(n));
    scene.feed(decoded(5001));
    EXPECT_EQ(scene.window().size(), 5001u);
    EXPECT_EQ(scene.model.refetched_events(), 4999u);
    EXPECT_EQ(scene.model.lost_events(), 0u);
    EXPECT_EQ(scene.pending().total(), 5001u);
}

TEST(ReadModelOrder, WhileTheRecordCannotBeReadTheWindowBeginsAnewAndTheLossIsCounted) {
    Scene scene;
    scene.feed(decoded(1));
    scene.record_only(decoded(2));
    scene.history.before_events = [] { throw http::RecordUnavailable("disk I/O error"); };
    scene.feed(decoded(3));
    scene.history.before_events = {};
    EXPECT_THAT(scene.window(), ElementsAre(3));
    EXPECT_EQ(scene.model.lost_events(), 1u);
    EXPECT_EQ(scene.model.latest_seq_id(), 3u);
}

TEST(ReadModelOrder, CountsWhatIsNotInTheRecordEitherAsLost) {
    Scene scene;
    scene.feed(decoded(1));
    for (std::uint64_t n = 2; n <= 10; ++n) scene.record_only(decoded(n));
    scene.history.forget_up_to(6);
    scene.feed(decoded(11));
    EXPECT_THAT(scene.window(), ElementsAre(7, 8, 9, 10, 11)) << "a window has no holes";
    EXPECT_EQ(scene.model.lost_events(), 5u);
    EXPECT_EQ(scene.model.refetched_events(), 4u);
}

TEST(ReadModelOrder, WithoutARecordTheFirstEventIsNoLossButAGapIs) {
    ReadModel model(nullptr);
    auto e = event(decoded(1));
    e.seq_id = 100;
    model.apply(e);
    EXPECT_EQ(model.lost_events(), 0u);
    e.seq_id = 103;
    model.apply(e);
    EXPECT_EQ(model.lost_events(), 2u);
}

TEST(ReadModelOrder, ReportsGrowthForEventsButNotForLabels) {
    Scene scene;
    int reported = 0;
    scene.model.on_growth([&] { ++reported; });
    const auto e = scene.feed(decoded(1));
    scene.feed(label(1));
    scene.model.apply(e);
    EXPECT_EQ(reported, 1);
}

// ------------------------------------------------------------------ bounds

TEST(ReadModelBounds, KeepsTheNewestEvents) {
    Scene scene({.events = 3});
    for (std::uint64_t n = 1; n <= 10; ++n) scene.feed(decoded(n));
    EXPECT_THAT(scene.window(), ElementsAre(8, 9, 10));
    EXPECT_FALSE(scene.model.events().covers(6));
    EXPECT_TRUE(scene.model.events().covers(7));
}

// An answer may take its time: its writer holds nothing that the feeding thread needs, and
// what it goes through does not change meanwhile. (A view under the model's lock would wait for
// itself here.)
TEST(ReadModelViews, AreReadWhileTheModelIsFed) {
    Scene scene({.events = 100, .transactions = 100});
    for (std::uint64_t n = 1; n <= 100; ++n) scene.feed(decoded(n));
    std::uint64_t fed = 1000;
    std::vector<eth::Hash> seen;
    const auto feed_more = [&](const eth::Hash& hash) {
        scene.feed(decoded(++fed));
        scene.feed(bus::TxDropped{.hash = hash});
        scene.feed(label(fed));
        return true;
    };
    scene.model.transactions().newest_first([&](const bus::TransactionRecord& record) {
        EXPECT_EQ(record.lifecycle_status, bus::LifecycleStatus::pending);
        seen.push_back(record.hash);
        return feed_more(record.hash);
    });
    ASSERT_EQ(seen.size(), 100u);
    EXPECT_EQ(seen.front(), hash_of(100));
    EXPECT_EQ(seen.back(), hash_of(1));
    EXPECT_EQ(scene.listed().front(), hash_of(fed)) << "the next view has it all";

    std::size_t labels = 0;
    scene.model.features().newest_first({}, [&](const bus::Feature& feature) {
        ++labels;
        return feed_more(feature.hash);
    });
    EXPECT_EQ(labels, 100u);

    const auto newest = scene.model.latest_seq_id();
    std::vector<std::uint64_t> events;
    scene.model.events().scan(0, {}, [&](const auto& entry) {
        events.push_back(entry.seq_id);
        return feed_more(hash_of(1));
    });
    ASSERT_EQ(events.size(), 100u);
    EXPECT_EQ(events.back(), newest);
    EXPECT_EQ(events.front(), newest - 99);
}

TEST(ReadModelBounds, KeepsTheNewestTransactions) {
    Scene scene({.transactions = 3});
    for (std::uint64_t n = 1; n <= 5; ++n) scene.feed(decoded(n), 1 + n % 2);
    EXPECT_THAT(scene.listed(), ElementsAre(hash_of(5), hash_of(4), hash_of(3)));
    EXPECT_THAT(scene.listed(bus::ChainId{2}), ElementsAre(hash_of(5), hash_of(3)));
    EXPECT_FALSE(scene.record(1));
}

TEST(ReadModelBounds, AQuietChainsListIsNotKeptAliveByABusyOne) {
    Scene scene({.transactions = 10});
    scene.feed(decoded(1), 5);
    for (std::uint64_t n = 2; n <= 100; ++n) scene.feed(decoded(n), 1);
    EXPECT_THAT(scene.listed(bus::ChainId{5}), ElementsAre());
    EXPECT_EQ(scene.listed().size(), 10u);
}

TEST(ReadModelBounds, KeepsTheNewestLabelsButCountsAll) {
    Scene scene({.features = 2});
    for (std::uint64_t n = 1; n <= 5; ++n) scene.feed(label(n));
    std::vector<eth::Hash> kept;
    scene.model.features().newest_first({}, [&](const auto& feature) {
        kept.push_back(feature.hash);
        return true;
    });
    EXPECT_THAT(kept, ElementsAre(hash_of(5), hash_of(4)));
    EXPECT_EQ(scene.model.features().counts().front().count, 3u);
    EXPECT_EQ(scene.model.features().risks().medium, 5u);
}

TEST(ReadModelBounds, KeepsWhatFitsWhateverTransactionsAskFor) {
    ReadModelLimits limits;
    limits.events_bytes = 64u << 10;
    limits.transactions_bytes = limits.features_bytes = 1u << 20;
    Scene scene(limits);
    bus::Action action{.type = "swap", .fields = {}};
    action.fields.push_back({.name = "path",
                             .kind = bus::ActionField::Kind::text,
                             .is_list = true,
                             .values = std::vector<std::string>(64, std::string(64, 'x'))});
    for (std::uint64_t n = 1; n <= 300; ++n) {
        scene.feed(decoded(n));
        bus::Feature label{.hash = hash_of(n), .chain_id = bus::ChainId{1}};
        label.actions.assign(4, action);
        scene.feed(label);
    }
    const auto kept = scene.model.bytes();
    EXPECT_LE(kept.events, limits.events_bytes);
    EXPECT_LE(kept.transactions, limits.transactions_bytes);
    EXPECT_LE(kept.features, limits.features_bytes);
    const auto listed = scene.listed();
    ASSERT_FALSE(listed.empty());
    EXPECT_LT(listed.size(), 300u);
    EXPECT_EQ(listed.front(), hash_of(300)) << "the newest";
    EXPECT_FALSE(scene.record(1));
    EXPECT_EQ(scene.totals().decoded, 300u);
}

TEST(ReadModelBounds, CountsKindsBeyondTheirNumberTogether) {
    Scene scene;
    constexpr auto kKinds = http::FeatureBoard::kMaxKinds;
    for (std::uint64_t n = 0; n < kKinds + 10; ++n) {
        auto feature = label(n);
        feature.protocol = "p" + std::to_string(n);
        scene.feed(feature);
    }
    const auto counts = scene.model.features().counts();
    EXPECT_EQ(counts.size(), kKinds + 1);
    EXPECT_EQ(counts.front().protocol, "other");
    EXPECT_EQ(counts.front().count, 10u);
}

TEST(ReadModelBounds, ForgetsTheOldestPendingOfTheViewAndCountsIt) {
    Scene scene({.pending = 3});
    for (std::uint64_t n = 1; n <= 5; ++n) scene.feed(decoded(n), 7);
    EXPECT_EQ(scene.pending().total(), 3u);
    EXPECT_EQ(scene.pending(bus::ChainId{7}).total(), 3u);
    EXPECT_EQ(scene.totals().evicted, 2u);
    // Which ones: those that are gone already change nothing when they end.
    scene.feed(bus::TxDropped{.hash = hash_of(1)}, 7);
    scene.feed(bus::TxDropped{.hash = hash_of(2)}, 7);
    EXPECT_EQ(scene.pending().total(), 3u);
    scene.feed(bus::TxDropped{.hash = hash_of(3)}, 7);
    EXPECT_EQ(scene.pending().total(), 2u);
}

TEST(ReadModelHeads, AreTheNewestCanonicalBlockOfEachChain) {
    Scene scene;
    const auto mined = [&](std::uint64_t number, std::uint64_t chain, bool canonical = true) {
        scene.feed(bus::BlockRecord{.number = eth::BlockNumber{number},
                                    .hash = hash_of(number),
                                    .base_fee = eth::U256{number * 10},
                                    .canonical = canonical},
                   chain);
    };
    const auto head = [&](std::uint64_t chain) {
        return scene.model.chains()->head(eth::ChainId{chain});
    };
    EXPECT_FALSE(head(1));
    mined(7, 1);
    mined(100, 5);
    mined(8, 1);
    EXPECT_EQ(head(1)->number.value, 8u);
    EXPECT_EQ(head(1)->base_fee, eth::U256{80});
    EXPECT_EQ(head(5)->number.value, 100u);
    // A reorg to a branch that is shorter so far.
    mined(8, 1, false);
    mined(7, 1);
    EXPECT_EQ(head(1)->number.value, 7u);
}

TEST(ReadModelBounds, TakesInSoManyEndpointsAndNoMore) {
    Scene scene;
    for (std::size_t n = 0; n < http::ChainBoard::kMaxRows + 5; ++n) {
        bus::EndpointStatus status;
        status.chain_key = "chain";
        status.source_id = std::to_string(n);
        scene.model.apply(status);
    }
    EXPECT_EQ(scene.model.chains()->all().size(), http::ChainBoard::kMaxRows);
}

TEST(ReadModelBounds, ThinsTheTrackOfPendingCountsEvenly) {
    Scene scene;
    for (std::uint64_t n = 1; n <= 50'000; ++n) scene.feed(bus::TxSeen{.hash = hash_of(n)});
    EXPECT_LE(scene.model.replay().size(), 16384u);
    const auto points = scene.model.replay().points(1000);
    EXPECT_LE(points.size(), 1000u);
    EXPECT_GE(points.size(), 990u);
    EXPECT_EQ(points.front().seq_hi, 50'000u);
    EXPECT_LE(points.back().seq_hi, 10u) << "back to the beginning";
    for (std::size_t i = 2; i < points.size(); ++i)
        EXPECT_LT(points[i - 1].seq_hi - points[i].seq_hi, 100u);
}

// ------------------------------------------------------------------ pending

TEST(ReadModelPending, BeginsWithTheBodyAndEndsWithTheLifeCycle) {
    Scene scene;
    scene.feed(bus::TxSeen{.hash = hash_of(1)});
    EXPECT_EQ(scene.pending().total(), 0u);
    scene.feed(decoded(1));
    EXPECT_EQ(scene.pending().unplaced, 1u);
    scene.ready(1);
    EXPECT_EQ(scene.pending().ready, 1u);
    scene.feed(bus::TxBlocked{.hash = hash_of(1)});
    EXPECT_EQ(scene.pending().blocked, 1u);
    scene.feed(bus::TxReplaced{.hash = hash_of(1), .replaced_by = hash_of(2)});
    EXPECT_EQ(scene.pending().total(), 0u);
    EXPECT_EQ(scene.record(1)->lifecycle_status, bus::LifecycleStatus::replaced);
    EXPECT_EQ(scene.record(1)->superseded_by, hash_of(2));
}

TEST(ReadModelPending, ReorgedTransactionsAreOpenAgain) {
    Scene scene;
    scene.feed(decoded(1));
    scene.feed(bus::TxConfirmedProvisional{.hash = hash_of(1)});
    EXPECT_EQ(scene.pending().total(), 0u);
    scene.feed(bus::TxReorged{.hash = hash_of(1)});
    EXPECT_EQ(scene.pending().unplaced, 1u);
    scene.ready(1);
    EXPECT_EQ(scene.pending().ready, 1u);
    scene.feed(bus::TxConfirmedProvisional{.hash = hash_of(1)});
    scene.feed(bus::TxConfirmedFinal{.hash = hash_of(1)});
    EXPECT_EQ(scene.pending().total(), 0u);
    EXPECT_EQ(scene.totals().reorged, 1u);
}

TEST(ReadModelPending, DoesNotDependOnWhichProducersEventIsRecordedFirst) {
    Scene scene;
    scene.ready(1);
    scene.feed(bus::TxDropped{.hash = hash_of(2)});
    scene.feed(decoded(1));
    scene.feed(decoded(2));
    EXPECT_EQ(scene.pending().ready, 1u);
    EXPECT_EQ(scene.pending().total(), 1u) << "the dropped one does not come back with its body";
}

TEST(ReadModelPending, KeepsChainsAndSendersApart) {
    Scene scene;
    for (const std::uint64_t n : {1u, 1001u}) scene.feed(decoded(n), 1);
    scene.feed(decoded(2001), 10);
    EXPECT_EQ(scene.pending(bus::ChainId{1}).total(), 2u);
    EXPECT_EQ(scene.pending(bus::ChainId{10}).total(), 1u);
    EXPECT_EQ(scene.pending(bus::ChainId{11}).total(), 0u);
    EXPECT_EQ(scene.model.pending({}).senders, 2u);
    EXPECT_EQ(scene.model.pending(bus::ChainId{10}).senders, 1u);
    const auto busiest = scene.model.pending({}, 10).busiest;
    ASSERT_EQ(busiest.size(), 2u);
    EXPECT_EQ(busiest[0].counts.total(), 2u);
    scene.feed(bus::TxDropped{.hash = hash_of(2001)}, 10);
    EXPECT_EQ(scene.model.pending({}).senders, 1u);
    EXPECT_TRUE(scene.model.pending(bus::ChainId{10}, 10).busiest.empty());
}

// The window of transactions is smaller than what can be pending.
TEST(ReadModelPending, OutlivesTheTransactionsPlaceInTheWindow) {
    Scene scene({.transactions = 2});
    for (std::uint64_t n = 1; n <= 5; ++n) scene.feed(decoded(n));
    scene.ready(1);
    scene.feed(bus::TxBlocked{.hash = hash_of(2)});
    EXPECT_EQ(scene.pending().total(), 5u);
    EXPECT_EQ(scene.pending().ready, 1u);
    EXPECT_EQ(scene.pending().blocked, 1u);
    scene.feed(bus::TxConfirmedProvisional{.hash = hash_of(1)});
    EXPECT_EQ(scene.pending().total(), 4u);
    scene.feed(bus::TxReorged{.hash = hash_of(1)});
    EXPECT_EQ(scene.pending().total(), 5u);
}

// ------------------------------------------------------------------ restart

TEST(ReadModelRestart, ShowsWhatItShowedBefore) {
    Scene scene;
    for (std::uint64_t n = 1; n <= 50; ++n) {
        scene.feed(bus::TxSeen{.hash = hash_of(n)});
        scene.feed(decoded(n), 1 + n % 2);
        scene.ready(n, 1 + n % 2);
        scene.feed(label(n, 1 + n % 2));
    }
    scene.feed(bus::TxDropped{.hash = hash_of(3)}, 2);
    ReadModel again(&scene.history);
    again.rehydrate();
    EXPECT_EQ(again.latest_seq_id(), scene.model.latest_seq_id());
    EXPECT_EQ(again.lost_events(), 0u);
    EXPECT_EQ(Scene::window_of(again), scene.window());
    EXPECT_EQ(again.pending().counts.ready, scene.pending().ready);
    EXPECT_EQ(again.pending(bus::ChainId{2}).counts.total(),
              scene.pending(bus::ChainId{2}).total());
    EXPECT_EQ(again.features().counts().front().count, 25u);
    EXPECT_EQ(again.transaction(hash_of(7))->feature->protocol, "erc20");
}

TEST(ReadModelRestart, GoesOnWithTheNextEvent) {
    Scene scene;
    scene.feed(decoded(1));
    ReadModel again(&scene.history);
    again.rehydrate();
    again.apply(scene.record_only(decoded(2)));
    EXPECT_THAT(Scene::window_of(again), ElementsAre(1, 2));
}

TEST(ReadModelRestart, ReadsNoMoreThanTheWindow) {
    Scene scene;
    for (std::uint64_t n = 1; n <= 100; ++n) scene.feed(decoded(n));
    ReadModel again(&scene.history, {.events = 10});
    again.rehydrate();
    EXPECT_THAT(Scene::window_of(again), ElementsAre(91, 92, 93, 94, 95, 96, 97, 98, 99, 100));
    EXPECT_EQ(again.lost_events(), 0u);
    EXPECT_EQ(again.refetched_events(), 0u) << "nothing was missed";
}

TEST(ReadModelRestart, KnowsWhatIsPendingFromBeforeTheWindow) {
    Scene scene;
    for (std::uint64_t n = 1; n <= 100; ++n) scene.feed(decoded(n));
    for (std::uint64_t n = 1; n <= 100; ++n) scene.ready(n);
    for (std::uint64_t n = 1; n <= 40; ++n) scene.feed(bus::TxDropped{.hash = hash_of(n)});
    for (std::uint64_t n = 101; n <= 105; ++n) scene.feed(decoded(n));
    ReadModel again(&scene.history, {.events = 10});
    again.rehydrate();
    EXPECT_EQ(again.pending().counts.ready, 60u);
    EXPECT_EQ(again.pending().counts.unplaced, 5u);
    for (const auto& point : again.replay().points(1000)) {
        EXPECT_GE(point.pending_count, 60u) << point.seq_hi;
        EXPECT_LE(point.pending_count, 65u) << point.seq_hi;
    }
    again.apply(scene.record_only(bus::TxConfirmedProvisional{.hash = hash_of(50)}));
    EXPECT_EQ(again.pending().counts.total(), 64u);
}

TEST(ReadModelRestart, OfAnEmptyRecordIsEmpty) {
    Scene scene;
    scene.model.rehydrate();
    EXPECT_EQ(scene.model.latest_seq_id(), 0u);
    scene.feed(decoded(1));
    EXPECT_THAT(scene.window(), ElementsAre(1));
}

} // namespace
} // namespace viz::test
