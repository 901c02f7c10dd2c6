#include "bus/opportunity_fold.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/opportunity_samples.hpp"

namespace viz::test {
namespace {

using bus::OppStatus;

bus::Envelope envelope(bus::EventData data, std::uint64_t seq_id, std::int64_t at) {
    return {.seq_id = seq_id,
            .ingest_ts_unix_ms = bus::UnixMs{at},
            .ingest_ts_mono_ns = bus::MonoNs{at},
            .source_id = "sim",
            .chain_id = bus::ChainId{31337},
            .data = std::move(data)};
}

bus::SimDispatched dispatched(std::uint64_t sim = 40) {
    return {.hash = hash_of(4), .sim_id = hash_of(sim), .candidate_id = hash_of(1)};
}

// A simulation that ended with this net.
bus::SimCompleted completed(const bus::Wei& net, bool plain = true,
                            std::vector<std::string> flags = {}) {
    auto done = sample_simulated().completed;
    done.flags = std::move(flags);
    done.profit->net = net;
    done.profit->plain = plain;
    return done;
}

bus::OpportunityRecord fold(const std::vector<bus::EventData>& messages) {
    auto record = bus::new_opportunity(hash_of(1), bus::ChainId{31337});
    std::int64_t at = 100;
    for (const auto& message : messages)
        bus::apply(record, envelope(message, static_cast<std::uint64_t>(at), at)), ++at;
    return record;
}

OppStatus status_after(const std::vector<bus::EventData>& messages) {
    return fold(messages).status;
}

TEST(OpportunityFold, MovesFromDetectedToSimulatedToAVerdict) {
    EXPECT_EQ(status_after({sample_opportunity()}), OppStatus::detected);
    EXPECT_EQ(status_after({sample_opportunity(), dispatched()}), OppStatus::simulated);
    EXPECT_EQ(status_after({sample_opportunity(), dispatched(), completed(bus::Wei(5))}),
              OppStatus::profitable);
}

TEST(OpportunityFold, WhatEarnsNothingAfterGasIsUnprofitable) {
    EXPECT_EQ(status_after({completed(bus::Wei(0))}), OppStatus::unprofitable);
    EXPECT_EQ(status_after({completed(sample_loss(5))}), OppStatus::unprofitable);
    EXPECT_EQ(status_after({completed(sample_loss(5), false, {"taxed_token"})}),
              OppStatus::unprofitable)
        << "a flag does not make a loss a profit that may be";
}

TEST(OpportunityFold, AFlaggedProfitIsNeverCalledProfitable) {
    const auto flagged = fold({completed(bus::Wei(5), false, {"reads_coinbase"})});
    EXPECT_EQ(flagged.status, OppStatus::simulated);
    EXPECT_EQ(flagged.result->flags, std::vector<std::string>{"reads_coinbase"});
    EXPECT_EQ(flagged.result->net, bus::Wei(5));
    EXPECT_EQ(status_after({completed(bus::Wei(5), true, {"reads_coinbase"})}),
              OppStatus::simulated)
        << "whatever its producer says";
    EXPECT_EQ(status_after({completed(bus::Wei(5), false)}), OppStatus::simulated);
}

TEST(OpportunityFold, AFailedSimulationSaysWhyAndHasNoProfit) {
    auto done = completed(bus::Wei(5));
    done.success = false;
    done.fail_category = "revert";
    const auto failed = fold({sample_opportunity(), done});
    EXPECT_EQ(failed.status, OppStatus::failed);
    EXPECT_EQ(failed.result->fail_category, "revert");
    EXPECT_FALSE(failed.result->net);
}

TEST(OpportunityFold, ARunWithoutAProfitIsNoVerdict) {
    auto done = completed(bus::Wei(5));
    done.profit.reset();
    EXPECT_EQ(status_after({done}), OppStatus::simulated);
}

TEST(OpportunityFold, AnotherSimulationTakesThePlaceOfTheFirst) {
    const auto again = fold({dispatched(40), completed(bus::Wei(5)), dispatched(41)});
    EXPECT_EQ(again.status, OppStatus::simulated);
    EXPECT_EQ(again.sim_id, hash_of(41));
    EXPECT_FALSE(again.result);
}

// Search, simulation and outcomes have different producers.
TEST(OpportunityFold, DoesNotDependOnWhichProducersMessageComesFirst) {
    std::vector<bus::EventData> messages{sample_opportunity(), dispatched(), completed(bus::Wei(5)),
                                         sample_outcome()};
    const auto expected = fold(messages);
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
        std::vector<bus::EventData> shuffled;
        for (const auto i : order) shuffled.push_back(messages[i]);
        auto record = fold(shuffled);
        // When each came is all that may be another.
        record.detected_seq_id = expected.detected_seq_id;
        record.outcome_unix_ms = expected.outcome_unix_ms;
        EXPECT_EQ(record, expected) << order[0] << order[1] << order[2] << order[3];
    } while (std::ranges::next_permutation(order).found);
}

TEST(OpportunityFold, TheSameMessagesAgainChangeNothing) {
    const std::vector<bus::EventData> messages{sample_opportunity(), dispatched(),
                                               completed(bus::Wei(5)), sample_outcome()};
    auto record = fold(messages);
    const auto once = record;
    std::int64_t at = 100;
    for (const auto& message : messages)
        bus::apply(record, envelope(message, static_cast<std::uint64_t>(at), at)), ++at;
    EXPECT_EQ(record, once);
}

TEST(OpportunityFold, KeepsTheNumberOfTheFirstDetection) {
    const auto record = fold({sample_opportunity(), sample_opportunity()});
    EXPECT_EQ(record.detected_seq_id, 100u);
    EXPECT_EQ(record.updated_unix_ms, bus::UnixMs{101});
}

TEST(OpportunityFold, KnowsWhichMessagesAreAboutACandidate) {
    EXPECT_EQ(bus::candidate_of(sample_opportunity()), hash_of(1));
    EXPECT_EQ(bus::candidate_of(dispatched()), hash_of(1));
    EXPECT_EQ(bus::candidate_of(sample_simulated().completed), hash_of(1));
    EXPECT_EQ(bus::candidate_of(sample_outcome()), hash_of(1));
    EXPECT_FALSE(bus::candidate_of(bus::SimDispatched{.hash = hash_of(4)})) << "one by itself";
    EXPECT_FALSE(bus::candidate_of(sample_exposure())) << "it names one, and changes nothing of it";
    EXPECT_FALSE(bus::candidate_of(sample_parity()));
}

TEST(OpportunityFold, NamesOfStatusesGoBothWays) {
    for (const auto status : {OppStatus::detected, OppStatus::simulated, OppStatus::profitable,
                              OppStatus::unprofitable, OppStatus::failed})
        EXPECT_EQ(bus::opp_status_from_string(bus::to_string(status)), status);
    EXPECT_FALSE(bus::opp_status_from_string("Detected"));
    EXPECT_FALSE(bus::opp_status_from_string(""));
}

} // namespace
} // namespace viz::test
