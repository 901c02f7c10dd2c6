#include "components/features/scoring.hpp"

#include <deque>
#include <random>

#include <gmock/gmock.h>

#include "components/eth/hex.hpp"
#include "components/features/slippage.hpp"
#include "components/features/tip_rank.hpp"
#include "tests/support/values.hpp"

namespace viz::test {
namespace {

using features::Category;
using features::ScoreInput;
using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

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

// ------------------------------------------------------------------ what the swaps themselves say

const eth::Address kWeth = address_of(1);
const eth::Address kToken = address_of(2);

features::Swap exact_in(const bus::Wei& amount, const bus::Wei& limit) {
    return {.protocol = "uniswap-v2",
            .kind = features::SwapKind::exact_in,
            .path = {kWeth, kToken},
            .amount = amount,
            .limit = limit};
}

struct Scored {
    features::Scores scores;
    std::vector<std::string> reasons;
};
Scored scored(const std::vector<features::Action>& actions, ScoreInput input = swap_of({})) {
    input.actions = actions;
    input.wrapped_native = kWeth;
    input.seen_unix_s = 1'700'000'000;
    Scored result;
    result.scores = score(input, result.reasons);
    return result;
}

TEST(Scoring, TheSizeIsWhatTheSwapNamesWhereNoValueIsSent) {
    EXPECT_THAT(scored({exact_in(kEther * 150U, 5'000)}).reasons, Contains("mev:size>=100eth+30"));
    auto sells_token = exact_in(7, kEther * 12U);
    sells_token.path = {kToken, kWeth};
    EXPECT_THAT(scored({sells_token}).reasons, Contains("mev:size>=10eth+22"));
}

TEST(Scoring, AMaximumWithoutMeaningIsNoSize) {
    auto buys = exact_in(5'000, 0);
    buys.kind = features::SwapKind::exact_out;
    buys.limit.limbs = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
    EXPECT_THAT(scored({buys}).reasons, Not(Contains(StartsWith("mev:size"))));
}

TEST(Scoring, ASwapWithoutAMinimumHasAllTheRoom) {
    EXPECT_THAT(scored({exact_in(kEther, 0)}).reasons, Contains("mev:slippage:unbounded+15"));
    EXPECT_THAT(scored({exact_in(kEther, 1)}).reasons, Contains("mev:slippage:unbounded+15"));
    EXPECT_THAT(scored({exact_in(kEther, kEther)}).reasons,
                Not(Contains("mev:slippage:unbounded+15")));
}

TEST(Scoring, AnExactOutputAtAnyPriceHasAllTheRoomToo) {
    auto buys = exact_in(kEther, kEther);
    buys.kind = features::SwapKind::exact_out;
    EXPECT_THAT(scored({buys}).reasons, Not(Contains("mev:slippage:unbounded+15")));
    buys.limit.limbs = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
    EXPECT_THAT(scored({buys}).reasons, Contains("mev:slippage:unbounded+15"));
}

TEST(Scoring, MoreRoomScoresMore) {
    const auto with_room = [](std::uint32_t bips) {
        auto input = swap_of({});
        input.slippage_bips = bips;
        return scored({exact_in(kEther, kEther)}, input);
    };
    const auto none = with_room(29).scores.mev;
    EXPECT_EQ(with_room(30).scores.mev, none + 4);
    EXPECT_EQ(with_room(100).scores.mev, none + 8);
    EXPECT_EQ(with_room(500).scores.mev, none + 12);
    EXPECT_THAT(with_room(99).reasons, Contains("mev:slippage>=0.3%+4"));
}

TEST(SlippageRoom, IsKnownOfTokensThatAreWorthTheSame) {
    const auto registry = features::ProtocolRegistry::built_in();
    const auto usdc = *eth::address_from_hex("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48");
    const auto dai = *eth::address_from_hex("0x6b175474e89094c44da98b954eedeac495271d0f");
    const auto room = [&](const features::Swap& swap) {
        return slippage_room(swap, eth::ChainId{1}, registry);
    };
    // 1,000 USDC, of 6 digits, for at least 990 DAI, of 18.
    features::Swap swap{.path = {usdc, dai}, .amount = 1'000'000'000U, .limit = kEther * 990U};
    EXPECT_EQ(room(swap), 100U);
    swap.limit = kEther * 1'001U; // better than even
    EXPECT_EQ(room(swap), 0U);
    swap.limit = {}; // no minimum at all is distinguished
    EXPECT_EQ(room(swap), std::nullopt);
    // 1,000 DAI for at most 1,005 USDC.
    swap = {.kind = features::SwapKind::exact_out,
            .path = {usdc, dai},
            .amount = kEther * 1'000U,
            .limit = 1'005'000'000U};
    EXPECT_EQ(room(swap), 50U);
    swap.limit = 5'000'000'000U;
    EXPECT_EQ(room(swap), 10'000U);
    swap.path = {usdc, kWeth}; // prices of their own
    EXPECT_EQ(room(swap), std::nullopt);
}

TEST(Scoring, OfSwapsBehindEachOtherTheLastMinimumBinds) {
    EXPECT_THAT(scored({exact_in(kEther, 0), exact_in(0, kEther)}).reasons,
                Not(Contains("mev:slippage:unbounded+15")));
}

TEST(Scoring, MorePoolsAreMoreChances) {
    auto far = exact_in(kEther, kEther);
    far.path = {kWeth, kToken, address_of(3)};
    EXPECT_THAT(scored({far}).reasons, Contains("mev:hops>1+5"));
    EXPECT_THAT(scored({exact_in(kEther, kEther)}).reasons, Not(Contains("mev:hops>1+5")));
}

TEST(Scoring, ANearDeadlinePressesAndAPassedOneEndsIt) {
    const auto with_deadline = [](std::uint64_t deadline) {
        auto swap = exact_in(kEther, kEther);
        swap.deadline = deadline;
        return scored({swap});
    };
    EXPECT_THAT(with_deadline(1'700'000'020).reasons, Contains("urgency:deadline<=30s+15"));
    EXPECT_THAT(with_deadline(1'700'000'100).reasons, Contains("urgency:deadline<=120s+8"));
    const auto passed = with_deadline(1'699'999'999);
    EXPECT_LE(passed.scores.mev, 5u);
    EXPECT_LE(passed.scores.urgency, 5u);
    EXPECT_THAT(passed.reasons, Contains("urgency:deadline_passed<=5"));
}

TEST(Scoring, PayingMoreThanTheOthersIsUrgent) {
    auto input = swap_of(kEther);
    const auto before = scores_of(input).urgency;
    input.tip_rank = 80;
    const auto high = scores_of(input).urgency;
    input.tip_rank = 99;
    EXPECT_GT(high, before);
    EXPECT_GT(scores_of(input).urgency, high);
}

TEST(TipRank, HasNoAnswerBeforeItHasSeenEnough) {
    features::TipRank rank;
    for (std::size_t i = 0; i < features::TipRank::kFewest; ++i) EXPECT_FALSE(rank.place({1}));
    EXPECT_EQ(rank.place({0}), 0u);
    EXPECT_EQ(rank.place({2}), 100u);
}

TEST(TipRank, ComparesWithTheNewestOnly) {
    features::TipRank rank;
    for (std::size_t i = 0; i < features::TipRank::kWindow; ++i) rank.place({100});
    for (std::size_t i = 0; i < features::TipRank::kWindow; ++i) rank.place({10});
    EXPECT_EQ(rank.place({50}), 100u);
    EXPECT_EQ(rank.place({10}), 0u) << "as much is not more";
}

TEST(TipRank, IsTheShareOfAPlainCount) {
    std::mt19937_64 random(7);
    features::TipRank rank;
    std::deque<std::uint64_t> window;
    for (int i = 0; i < 3'000; ++i) {
        const auto tip = random() % 50;
        const auto less = std::ranges::count_if(window, [&](auto other) { return other < tip; });
        const auto place = rank.place({tip});
        if (window.size() >= features::TipRank::kFewest) {
            ASSERT_EQ(place, static_cast<std::size_t>(less) * 100 / window.size());
        }
        window.push_back(tip);
        if (window.size() > features::TipRank::kWindow) window.pop_front();
    }
}

TEST(EffectiveTip, IsWhatTheMaximumLeavesAboveTheBaseFee) {
    EXPECT_EQ(features::effective_tip({30}, {5}, bus::Wei{20}), bus::Wei{5});
    EXPECT_EQ(features::effective_tip({22}, {5}, bus::Wei{20}), bus::Wei{2});
    EXPECT_EQ(features::effective_tip({19}, {5}, bus::Wei{20}), std::nullopt);
    EXPECT_EQ(features::effective_tip({19}, {5}, std::nullopt), bus::Wei{5});
}

} // namespace
} // namespace viz::test
