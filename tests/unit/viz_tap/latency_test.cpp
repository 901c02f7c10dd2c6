#include "tools/viz_tap/latency.hpp"

#include <numeric>

#include <gmock/gmock.h>

#include "tests/support/values.hpp"

namespace viz::tap {
namespace {

using test::hash_of;

const Percentiles& hop(const RateBook::Interval& interval, std::string_view name) {
    for (const auto& [hop_name, figures] : interval.hops)
        if (hop_name == name) return figures;
    throw std::out_of_range(std::string(name));
}

TEST(Percentiles, AreThoseOfNearestRank) {
    std::vector<std::int64_t> samples(1000);
    std::iota(samples.rbegin(), samples.rend(), 1);
    const auto p = percentiles(samples);
    EXPECT_EQ(p.count, 1000u);
    EXPECT_EQ(p.p50_ns, 500);
    EXPECT_EQ(p.p90_ns, 900);
    EXPECT_EQ(p.p99_ns, 990);
    EXPECT_EQ(p.max_ns, 1000);
    EXPECT_EQ(percentiles({7}).p50_ns, 7);
    EXPECT_EQ(percentiles({7}).p99_ns, 7);
    EXPECT_EQ(percentiles({}).count, 0u);
}

TEST(RateBook, FollowsATransactionFromHopToHop) {
    RateBook book;
    const auto note = [&](const char* topic, std::int64_t at, const bus::AnyMessage& message) {
        book.note(topic, {.mono_ns = at}, 100, 0, message);
    };
    note("pending.tx.1", 1'500,
         bus::PendingTx{.announced_hash = hash_of(1), .first_seen_mono_ns = bus::MonoNs{1'000}});
    note("tx.decoded.1", 2'000, bus::DecodedTx{.hash = hash_of(1)});
    note("feature.labelled.1", 2'100, bus::Feature{.hash = hash_of(1)});
    note("events.TxDecoded.1", 9'000,
         bus::Envelope{
             .data = bus::TxDecoded{.hash = hash_of(1), .first_seen_mono_ns = bus::MonoNs{1'000}}});
    // The journal reports the same earlier: it is not the end of the path.
    note("journal.TxDecoded.1", 3'000,
         bus::Envelope{
             .data = bus::TxDecoded{.hash = hash_of(1), .first_seen_mono_ns = bus::MonoNs{1'000}}});
    const auto seen = book.take();
    EXPECT_EQ(hop(seen, "announcement → pending").max_ns, 500);
    EXPECT_EQ(hop(seen, "pending → tx").max_ns, 500);
    EXPECT_EQ(hop(seen, "tx → feature").max_ns, 100);
    EXPECT_EQ(hop(seen, "tx → events").max_ns, 7'000);
    EXPECT_EQ(hop(seen, "announcement → events").max_ns, 8'000);
    EXPECT_EQ(hop(seen, "announcement → events").count, 1u);
    EXPECT_EQ(seen.streams.at("tx").messages, 1u);
    EXPECT_EQ(seen.streams.at("tx").bytes, 100u);
    EXPECT_EQ(hop(book.take(), "pending → tx").count, 0u) << "the next interval begins anew";
}

TEST(RateBook, WhatHasNoKnownBeginningIsNotMeasured) {
    RateBook book;
    book.note("tx.decoded.1", {.mono_ns = 5}, 1, 3, bus::DecodedTx{.hash = hash_of(1)});
    book.note("pending.tx.1", {.mono_ns = 5}, 1, 0,
              bus::PendingTx{.announced_hash = hash_of(2),
                             .first_seen_mono_ns = bus::MonoNs{1},
                             .backfilled = true});
    const auto seen = book.take();
    EXPECT_EQ(hop(seen, "pending → tx").count, 0u);
    EXPECT_EQ(hop(seen, "announcement → pending").count, 0u);
    EXPECT_EQ(seen.streams.at("tx").missed, 3u);
}

} // namespace
} // namespace viz::tap
