#include "components/sim/work_queue.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "tests/support/values.hpp"

namespace viz::sim {
namespace {

SingleWork single(std::uint64_t n) {
    return {std::make_shared<const bus::DecodedTx>(bus::DecodedTx{.hash = test::hash_of(n)})};
}

TEST(SimWorkQueue, BlocksComeBeforeTransactions) {
    WorkQueue queue;
    queue.push(single(1));
    queue.push(BlockWork{.hash = test::hash_of(2)});
    std::stop_source stop;
    EXPECT_TRUE(std::holds_alternative<BlockWork>(*queue.pop(stop.get_token())));
    EXPECT_TRUE(std::holds_alternative<SingleWork>(*queue.pop(stop.get_token())));
    EXPECT_EQ(queue.depth(), 0u);
}

TEST(SimWorkQueue, WhenItIsFullTheOldestGivesWay) {
    WorkQueue queue;
    for (std::uint64_t n = 0; n < WorkQueue::kMaxSingleSimulations; ++n)
        EXPECT_FALSE(queue.push(single(n)));
    EXPECT_TRUE(queue.push(single(9)));
    EXPECT_EQ(queue.depth(), WorkQueue::kMaxSingleSimulations);
    std::stop_source stop;
    const auto first = queue.pop(stop.get_token());
    EXPECT_EQ(std::get<SingleWork>(*first).tx->hash, test::hash_of(1));
}

CandidateWork candidate(std::uint64_t n, const bus::Wei& net) {
    bus::Candidate made;
    made.candidate_id = test::hash_of(n);
    made.expected_net = net;
    return {std::make_shared<const bus::Candidate>(std::move(made))};
}

TEST(SimWorkQueue, TheMostProfitableCandidateComesBeforeOthersAndTransactions) {
    WorkQueue queue;
    queue.push(single(1));
    queue.push(candidate(2, bus::Wei() - bus::Wei(5))); // a loss
    queue.push(candidate(3, bus::Wei(7)));
    queue.push(candidate(4, bus::Wei(6)));
    std::stop_source stop;
    for (const std::uint64_t expected : {3U, 4U, 2U}) {
        const auto work = queue.pop(stop.get_token());
        EXPECT_EQ(std::get<CandidateWork>(*work).candidate->candidate_id, test::hash_of(expected));
    }
    EXPECT_TRUE(std::holds_alternative<SingleWork>(*queue.pop(stop.get_token())));
}

TEST(SimWorkQueue, WhenThereAreTooManyCandidatesTheLeastPromisingGivesWay) {
    WorkQueue queue;
    for (std::uint64_t n = 0; n < WorkQueue::kMostCandidates; ++n)
        EXPECT_FALSE(queue.push(candidate(n, bus::Wei(n + 1))));
    EXPECT_TRUE(queue.push(candidate(9'999, bus::Wei(5'000))));
    EXPECT_EQ(queue.depth(), WorkQueue::kMostCandidates);
    std::stop_source stop;
    std::optional<Work> last;
    while (queue.depth() != 0) last = queue.pop(stop.get_token());
    EXPECT_EQ(std::get<CandidateWork>(*last).candidate->expected_net, bus::Wei(2));
}

TEST(SimWorkQueue, ACandidateOfABlockToComeWaitsForIt) {
    WorkQueue queue;
    EXPECT_FALSE(queue.hold_back(candidate(1, bus::Wei(1))));
    queue.push(single(2));
    std::stop_source stop;
    EXPECT_TRUE(std::holds_alternative<SingleWork>(*queue.pop(stop.get_token())));
    queue.release();
    EXPECT_TRUE(std::holds_alternative<CandidateWork>(*queue.pop(stop.get_token())));
    for (std::size_t n = 0; n < WorkQueue::kMostHeldBack; ++n)
        EXPECT_FALSE(queue.hold_back(candidate(n, bus::Wei(1))));
    EXPECT_TRUE(queue.hold_back(candidate(9'999, bus::Wei(1)))) << "bounded";
}

TEST(SimWorkQueue, AStopEndsTheWait) {
    WorkQueue queue;
    std::optional<Work> got{single(1)};
    {
        std::jthread waiting([&](const std::stop_token& stop) { got = queue.pop(stop); });
    }
    EXPECT_FALSE(got);
}

TEST(SimWorkQueue, EveryPieceOfWorkGoesToOneWorker) {
    WorkQueue queue;
    std::atomic<int> taken{0};
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < 3; ++i)
            workers.emplace_back([&](const std::stop_token& stop) {
                while (queue.pop(stop)) ++taken;
            });
        for (std::uint64_t n = 0; n < 1'000; ++n) queue.push(single(n));
        while (queue.depth() != 0) std::this_thread::yield();
    }
    EXPECT_EQ(taken, 1'000);
}

} // namespace
} // namespace viz::sim
