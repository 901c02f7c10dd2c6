#include "components/features/scoring.hpp"

#include <gmock/gmock.h>

namespace viz::test {
namespace {

using features::Category;
using features::ScoreInput;
using ::testing::Contains;

constexpr std::uint64_t kGwei = 1'000'000'000;
const bus::Wei kEther = bus::Wei{kGwei} * kGwei;

ScoreInput swap_of(const bus::Wei& value) {
    return {.category = Category::swap,
            .value = value,
            .max_fee_per_gas = 40 * kGwei,
            .max_priority_fee_per_gas = 2 * kGwei,
            .base_fee = bus::Wei{20 * kGwei},
            .calldata_len = 260,
            .by_selector_only = false};
}

features::Scores scores_of(const ScoreInput& input) {
    std::vector<std::string> reasons;
    return score(input, reasons);
}

TEST(Scoring, LargeSwapsAreHighRiskAndSmallOnesMedium) {
    EXPECT_GE(scores_of(swap_of(kEther * 1'000U)).mev, 80u);
    const auto small = scores_of(swap_of(bus::Wei{})).mev;
    EXPECT_GE(small, 45u);
    EXPECT_LT(small, 80u);
}

TEST(Scoring, MoreValueNeverScoresLess) {
    std::uint32_t last = 0;
    for (const std::uint64_t ether : {0U, 1U, 5U, 10U, 50U, 100U, 5'000U}) {
        const auto mev = scores_of(swap_of(kEther * ether)).mev;
        EXPECT_GE(mev, last) << ether;
        last = mev;
    }
}

TEST(Scoring, AHigherTipIsMoreUrgent) {
    std::uint32_t last = 0;
    for (const std::uint64_t tip : {0U, 1U, 2U, 10U, 20U}) {
        auto input = swap_of(kEther);
        input.max_priority_fee_per_gas = tip * kGwei;
        const auto urgency = scores_of(input).urgency;
        EXPECT_GE(urgency, last) << tip;
        last = urgency;
    }
    EXPECT_GE(last, 80u);
}

TEST(Scoring, TheTipIsWhatTheMaximumFeeLeavesAboveTheBaseFee) {
    auto input = swap_of(kEther);
    input.max_fee_per_gas = 20 * kGwei + 1;
    input.max_priority_fee_per_gas = 20 * kGwei;
    std::vector<std::string> reasons;
    score(input, reasons);
    EXPECT_THAT(reasons, Contains("urgency:tip>0+8"));
}

TEST(Scoring, BelowTheBaseFeeNothingIsUrgent) {
    auto input = swap_of(kEther);
    input.max_fee_per_gas = 19 * kGwei;
    std::vector<std::string> reasons;
    EXPECT_LE(score(input, reasons).urgency, 5u);
    EXPECT_THAT(reasons, Contains("urgency:below_base_fee<=5"));
}

TEST(Scoring, WithoutAHeadThePriorityFeeCountsAlone) {
    auto input = swap_of(kEther);
    input.base_fee.reset();
    std::vector<std::string> reasons;
    score(input, reasons);
    EXPECT_THAT(reasons, Contains("urgency:tip>=2gwei+25"));
}

TEST(Scoring, StaysWithinAHundredForAbsurdAmounts) {
    bus::Wei huge;
    huge.limbs = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
    for (std::size_t i = 0; i < features::kCategoryCount; ++i) {
        for (const bool known : {false, true}) {
            ScoreInput input{.category = static_cast<Category>(i),
                             .value = huge,
                             .max_fee_per_gas = huge,
                             .max_priority_fee_per_gas = huge,
                             .base_fee = std::nullopt,
                             .calldata_len = 1'000'000,
                             .by_selector_only = false};
            if (known) input.base_fee = bus::Wei{1};
            const auto scores = scores_of(input);
            EXPECT_LE(scores.mev, 100u);
            EXPECT_LE(scores.urgency, 100u);
            EXPECT_GT(scores.urgency, 40u);
        }
    }
}

TEST(Scoring, ReasonsAddUpToTheScore) {
    std::vector<std::string> reasons;
    const auto scores = score(swap_of(kEther * 2U), reasons);
    std::uint32_t mev = 0;
    std::uint32_t urgency = 0;
    for (const auto& reason : reasons) {
        const auto points =
            static_cast<std::uint32_t>(std::stoul(reason.substr(reason.rfind('+'))));
        (reason.starts_with("mev:") ? mev : urgency) += points;
    }
    EXPECT_EQ(scores.mev, mev);
    EXPECT_EQ(scores.urgency, urgency);
}

} // namespace
} // namespace viz::test
