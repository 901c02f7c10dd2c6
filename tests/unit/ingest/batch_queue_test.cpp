#include <gtest/gtest.h>

#include "components/ingest/batch_queue.hpp"

namespace viz::ingest {
namespace {

using std::chrono::milliseconds;

constexpr BatchLimits kLimits{.batch_size = 3,
                              .max_in_flight = 2,
                              .capacity = 10,
                              .retry_attempts = 2,
                              .retry_backoff = milliseconds{100},
                              .flush = milliseconds{40}};

BatchQueue<int> queue_of(BatchLimits limits = kLimits) {
    return BatchQueue<int>(limits, [] { return std::uint64_t{0}; }); // no jitter
}
Mono ms(std::int64_t n) {
    return milliseconds{n};
}

TEST(BatchQueue, SendsAFullBatchAtOnceAndAPartialOneAfterTheFlushInterval) {
    auto queue = queue_of();
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue.push(i, ms(0)));
    EXPECT_EQ(queue.take(ms(0))->items, (std::vector{0, 1, 2}));
    EXPECT_FALSE(queue.take(ms(39)));
    EXPECT_EQ(queue.next_due(), ms(40));
    EXPECT_EQ(queue.take(ms(40))->items, (std::vector{3}));
}

TEST(BatchQueue, KeepsToTheNumberOfBatchesUnderWay) {
    auto queue = queue_of();
    for (int i = 0; i < 9; ++i) queue.push(i, ms(0));
    const auto first = queue.take(ms(0));
    ASSERT_TRUE(queue.take(ms(0)));
    EXPECT_FALSE(queue.take(ms(0)));
    EXPECT_FALSE(queue.next_due());
    queue.finish(first->id, {Answer::done, Answer::done, Answer::done}, ms(1));
    EXPECT_EQ(queue.take(ms(1))->items, (std::vector{6, 7, 8}));
}

TEST(BatchQueue, RefusesBeyondItsCapacity) {
    auto queue = queue_of();
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(queue.push(i, ms(0)));
    EXPECT_FALSE(queue.push(10, ms(0)));
    EXPECT_EQ(queue.waiting(), 10u);
}

TEST(BatchQueue, AsksAgainWithDoubledBackOffAndThenGivesUp) {
    auto queue = queue_of();
    queue.push(7, ms(0));
    auto batch = queue.take(ms(40));
    EXPECT_TRUE(queue.finish(batch->id, {Answer::null}, ms(50)).empty());
    EXPECT_FALSE(queue.take(ms(149)));
    EXPECT_FALSE(queue.take(ms(150))); // due, but waits for company
    batch = queue.take(ms(190));
    ASSERT_TRUE(batch);
    EXPECT_TRUE(queue.finish(batch->id, {Answer::failed}, ms(200)).empty());
    EXPECT_FALSE(queue.take(ms(399)));
    batch = queue.take(ms(440));
    ASSERT_TRUE(batch);
    const auto abandoned = queue.finish(batch->id, {Answer::null}, ms(450));
    ASSERT_EQ(abandoned.size(), 1u);
    EXPECT_EQ(abandoned[0].item, 7);
    EXPECT_EQ(abandoned[0].last, Answer::null);
    EXPECT_EQ(queue.unfinished(), 0u);
}

TEST(BatchQueue, JitterShortensABackOffByAtMostHalf) {
    BatchQueue<int> queue(kLimits, [] { return std::uint64_t{50}; });
    queue.push(7, ms(0));
    const auto batch = queue.take(ms(40));
    queue.finish(batch->id, {Answer::failed}, ms(40));
    EXPECT_EQ(queue.next_due(), ms(40 + 50 + 40));
}

TEST(BatchQueue, AnswersThatAreMissingCountAsFailed) {
    auto queue = queue_of();
    queue.push(1, ms(0));
    queue.push(2, ms(0));
    const auto batch = queue.take(ms(40));
    EXPECT_TRUE(queue.finish(batch->id, {Answer::done}, ms(41)).empty());
    EXPECT_EQ(queue.waiting(), 1u);
    EXPECT_TRUE(queue.finish(batch->id, {}, ms(42)).empty()); // not known any more
}

TEST(BatchQueue, WhatWasUnderWayWaitsAgainWithoutLosingAnAttempt) {
    auto queue = queue_of({.batch_size = 3,
                           .max_in_flight = 2,
                           .capacity = 10,
                           .retry_attempts = 0,
                           .flush = milliseconds{0}});
    queue.push(1, ms(0));
    const auto lost = queue.take(ms(0));
    EXPECT_TRUE(queue.requeue_in_flight(ms(5)).empty());
    EXPECT_EQ(queue.batches_in_flight(), 0u);
    const auto again = queue.take(ms(5));
    ASSERT_TRUE(again);
    EXPECT_NE(again->id, lost->id);
    EXPECT_TRUE(queue.finish(lost->id, {Answer::done}, ms(6)).empty());
    EXPECT_EQ(queue.unfinished(), 1u);
}

TEST(BatchQueue, StaysQuietUntilThePauseIsOver) {
    auto queue = queue_of();
    for (int i = 0; i < 3; ++i) queue.push(i, ms(0));
    queue.pause_until(ms(1000));
    EXPECT_FALSE(queue.take(ms(999)));
    EXPECT_EQ(queue.next_due(), ms(1000));
    EXPECT_TRUE(queue.take(ms(1000)));
}

} // namespace
} // namespace viz::ingest
