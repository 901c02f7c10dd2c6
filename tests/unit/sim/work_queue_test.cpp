#include "components/sim/work_queue.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "tests/support/values.hpp"

namespace viz::sim {
namespace {

SingleWork single(std::uint64_t n) {
    return {std::make_shared<const bus::DecodedTx>(bus::DecodedTx{.hash = test::hash_of(n)})};
}

SingleWork of_sender(std::uint64_t sender, std::uint64_t n, std::uint64_t gas,
                     std::size_t bytes = 0) {
    bus::DecodedTx tx{.hash = test::hash_of(n), .sender = test::address_of(sender)};
    tx.gas_limit = bus::Gas(gas);
    tx.raw.resize(bytes);
    return {std::make_shared<const bus::DecodedTx>(std::move(tx))};
}
SingleWork next_single(WorkQueue& queue) {
    const std::stop_source stop;
    return std::get<SingleWork>(*queue.pop(stop.get_token()));
}

TEST(SimWorkQueue, ATransferOvertakesTransactionsThatMayUseMuchGas) {
    WorkQueue queue;
    for (std::uint64_t n = 0; n < 100; ++n) queue.push(of_sender(n, n, 16'700'000));
    queue.push(of_sender(1'000, 1'000, 21'000));
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(1'000));
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(0)) << "the others in order of arrival";
}

TEST(SimWorkQueue, ASenderWhoHasCostMuchOnThisHeadComesAfterOthers) {
    SenderTime spent;
    WorkQueue queue(&spent);
    spent.add(test::address_of(1), std::chrono::seconds(2));
    queue.push(of_sender(1, 1, 21'000));
    queue.push(of_sender(2, 2, 200'000));
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(2));
    queue.push(of_sender(3, 3, 200'000));
    spent.new_head();
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(1)) << "as before on the next head";
}

TEST(SimWorkQueue, OfASenderOneIsInWorkAtATime) {
    WorkQueue queue;
    queue.push(of_sender(1, 1, 21'000));
    queue.push(of_sender(1, 2, 21'000));
    queue.push(of_sender(2, 3, 200'000));
    const auto first = next_single(queue);
    EXPECT_EQ(first.tx->hash, test::hash_of(1));
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(3));
    queue.finished(first);
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(2));
}

TEST(SimWorkQueue, WhatWaitsIsBoundedInBytesAndTheMostExpensiveGivesWay) {
    WorkQueue queue(nullptr, 1U << 20);
    EXPECT_FALSE(queue.push(of_sender(1, 1, 21'000, 100)));
    for (std::uint64_t n = 0; n < 7; ++n)
        EXPECT_FALSE(queue.push(of_sender(10 + n, 10 + n, 16'700'000, 128U << 10)));
    EXPECT_TRUE(queue.push(of_sender(3, 30, 21'000, 128U << 10)));
    EXPECT_LE(queue.bytes(), 1U << 20);
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(1));
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(30));
    EXPECT_EQ(next_single(queue).tx->hash, test::hash_of(11)) << "the first of them is gone";
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
                while (const auto work = queue.pop(stop)) {
                    ++taken;
                    queue.finished(std::get<SingleWork>(*work));
                }
            });
        for (std::uint64_t n = 0; n < 1'000; ++n) queue.push(of_sender(n % 7, n, 21'000));
        while (queue.depth() != 0) std::this_thread::yield();
    }
    EXPECT_EQ(taken, 1'000);
}

} // namespace
} // namespace viz::sim
