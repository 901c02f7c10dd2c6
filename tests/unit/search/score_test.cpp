#include "components/search/score.hpp"

#include <gtest/gtest.h>

#include "components/eth/u256_math.hpp"

namespace viz::search {
namespace {

// Costs 100,000 gas at a base fee of 10 wei: a million wei.
std::uint32_t score(const U256& net, std::uint32_t label) {
    Candidate candidate;
    candidate.own_gas = 100'000;
    candidate.expected_net = net;
    return score_of(candidate, U256(10), label);
}

TEST(OpportunityScore, RisesByTenWithEachDoublingOfWhatTheGasBrings) {
    EXPECT_EQ(score(U256(999'999), 0), 0u);
    EXPECT_EQ(score(U256(1'000'000), 0), 10u);
    EXPECT_EQ(score(U256(3'000'000), 0), 20u);
    EXPECT_EQ(score(U256(7'000'000), 0), 30u);
    EXPECT_EQ(score(U256(1'000'000'000'000), 0), 70u) << "the most";
}

TEST(OpportunityScore, AddsThreeTenthsOfTheLabels) {
    EXPECT_EQ(score(U256(1'000'000), 80), 34u);
    EXPECT_EQ(score(U256(1'000'000'000'000), 100), 100u);
    EXPECT_EQ(score(U256(1'000'000'000'000), 250), 100u) << "a label beyond its range";
}

TEST(OpportunityScore, OfALossIsTheLabelsAlone) {
    EXPECT_EQ(score(eth::negate(U256(5)), 50), 15u);
}

TEST(OpportunityScore, IsDefinedWhereGasIsFree) {
    Candidate candidate;
    candidate.expected_net = U256(7);
    EXPECT_EQ(score_of(candidate, U256(), 0), 30u);
}

} // namespace
} // namespace viz::search
