#include <gtest/gtest.h>

#include "components/search/amm/sandwich.hpp"
#include "tests/support/random_words.hpp"

namespace viz::search::amm {
namespace {

constexpr V2Fee kFees[] = {{997, 1000}, {9975, 10000}, {9995, 10000}};
const U256 kNoLimit = max_of_bits(112);

// The victim's swap as a router would check it, from the public swap functions alone.
bool victim_accepts(const V2Side& side, const Victim& victim, const U256& front_in) {
    auto at = side;
    if (!eth::is_zero(front_in)) at = v2_after(side, front_in, *v2_amount_out(side, front_in));
    if (victim.exact_in) {
        const auto out = v2_amount_out(at, victim.amount);
        return out && *out >= victim.bound;
    }
    const auto in = v2_amount_in(at, victim.amount);
    return in && *in <= victim.bound;
}

// A victim with that slippage allowed, in basis points.
Victim victim_of(const V2Side& side, bool exact_in, const U256& amount, std::uint64_t bps) {
    Victim victim{exact_in, amount, {}};
    const U256 ten_thousand(10'000);
    if (exact_in)
        victim.bound = *v2_amount_out(side, amount) * U256(10'000 - bps) / ten_thousand;
    else
        victim.bound = *v2_amount_in(side, amount) * U256(10'000 + bps) / ten_thousand;
    return victim;
}

TEST(SandwichV2, TheLargestFrontRunIsTheLargestOfAllIntegers) {
    test::RandomWords random(test::seed_or(11));
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        const V2Side side{U256(500 + random.below(3000)), U256(500 + random.below(3000)),
                          kFees[random.below(3)]};
        const bool exact_in = random.one_in(2);
        const auto victim =
            victim_of(side, exact_in, U256(20 + random.below(200)), random.below(900));
        std::optional<U256> largest;
        bool failed_before = false;
        for (std::uint64_t a = 0; a <= 6000; ++a) {
            const bool accepts = victim_accepts(side, victim, U256(a));
            // Monotone: once refused, always refused.
            ASSERT_FALSE(accepts && failed_before);
            failed_before = !accepts;
            if (accepts) largest = U256(a);
        }
        const auto found = v2_largest_front_run(side, victim, U256(6000));
        ASSERT_EQ(found.has_value(), largest.has_value());
        if (largest) {
            ASSERT_EQ(*found, *largest);
        }
    }
}

TEST(SandwichV2, TheLargestFrontRunLeavesNoWeiAtRealSizes) {
    test::RandomWords random(test::seed_or(12));
    for (int round = 0; round < 5000; ++round) {
        SCOPED_TRACE(round);
        const V2Side side{random.of_bits(40, 100), random.of_bits(40, 100), kFees[random.below(3)]};
        const bool exact_in = random.one_in(2);
        const auto& of = exact_in ? side.reserve_in : side.reserve_out;
        const auto amount = (of >> static_cast<unsigned>(random.between(2, 13))) + U256(1);
        const auto victim = victim_of(side, exact_in, amount, 1 + random.below(500));
        const auto found = v2_largest_front_run(side, victim, kNoLimit);
        if (!victim_accepts(side, victim, U256()) ||
            (exact_in && eth::is_zero(*v2_amount_out(side, amount)))) {
            EXPECT_FALSE(found);
            continue;
        }
        ASSERT_TRUE(found);
        EXPECT_TRUE(victim_accepts(side, victim, *found));
        EXPECT_FALSE(victim_accepts(side, victim, *found + U256(1)));
    }
}

TEST(SandwichV2, ItsInventoryIsNotExceeded) {
    const V2Side side{U256(1'000'000), U256(1'000'000), {}};
    const auto victim = victim_of(side, true, U256(50'000), 300);
    const auto all = v2_largest_front_run(side, victim, kNoLimit);
    ASSERT_TRUE(all);
    EXPECT_GT(*all, U256(1000));
    EXPECT_EQ(*v2_largest_front_run(side, victim, U256(1000)), U256(1000));
    EXPECT_EQ(*v2_largest_front_run(side, victim, U256()), U256());
}

TEST(SandwichV2, AVictimThatFailsByItselfIsNotSandwiched) {
    const V2Side side{U256(1'000'000), U256(1'000'000), {}};
    auto victim = victim_of(side, true, U256(50'000), 0);
    EXPECT_TRUE(v2_largest_front_run(side, victim, kNoLimit));
    victim.bound = victim.bound + U256(1);
    EXPECT_EQ(v2_largest_front_run(side, victim, kNoLimit).error(), NoSize::victim_fails);
    EXPECT_EQ(v2_best_sandwich(side, victim, kNoLimit).error(), NoSize::victim_fails);
}

TEST(SandwichV2, ABoundThatIsMetExactlyIsKept) {
    // Without fee 1000 into (1000, 1000) gives 500 with nothing rounded off.
    const V2Side side{U256(1000), U256(1000), {1, 1}};
    EXPECT_EQ(*v2_largest_front_run(side, {true, U256(1000), U256(500)}, kNoLimit), U256());
    EXPECT_EQ(v2_largest_front_run(side, {true, U256(1000), U256(501)}, kNoLimit).error(),
              NoSize::victim_fails);
    // The router's input for 500 is 1001.
    EXPECT_EQ(*v2_largest_front_run(side, {false, U256(500), U256(1001)}, kNoLimit), U256());
    EXPECT_EQ(v2_largest_front_run(side, {false, U256(500), U256(1000)}, kNoLimit).error(),
              NoSize::victim_fails);
}

TEST(SandwichV2, ATightMinimumBringsNothing) {
    const V2Side side{U256(1) << 80, U256(1) << 100, {}};
    const auto victim = victim_of(side, true, U256(1) << 74, 0);
    EXPECT_EQ(v2_best_sandwich(side, victim, kNoLimit).error(), NoSize::not_profitable);
}

TEST(SandwichV2, TheBestBringsWithinFourUnitsOfWhatEveryIntegerBrings) {
    test::RandomWords random(test::seed_or(13));
    int found_any = 0;
    int exact = 0;
    for (int round = 0; round < 200; ++round) {
        SCOPED_TRACE(round);
        const V2Side side{U256(2000 + random.below(8000)), U256(2000 + random.below(8000)),
                          kFees[random.below(3)]};
        const auto bps = random.one_in(5) ? 10'000 : 100 + random.below(900);
        const auto victim = victim_of(side, true, U256(200 + random.below(1500)), bps);
        U256 most;
        for (std::uint64_t a = 1; a <= 20'000; ++a) {
            const auto s = v2_sandwich(side, victim, U256(a));
            if (s && eth::signed_less(most, s->profit())) most = s->profit();
        }
        const auto best = v2_best_sandwich(side, victim, U256(20'000));
        const auto profit = best ? best->profit() : U256();
        ASSERT_LE(profit, most);
        if (!eth::is_zero(most)) ++found_any;
        if (!eth::is_zero(most) && profit == most) ++exact;
        // One unit of what is bought and sold again is worth that many of what is paid.
        const auto unit = best ? (side.reserve_in + best->front_in + best->victim_in) /
                                         (side.reserve_out - best->front_out - best->victim_out) +
                                     U256(1)
                               : U256(1);
        EXPECT_LE(most - profit, unit * U256(4)) << eth::to_decimal(most);
    }
    std::cout << exact << " of " << found_any << " are the very best\n";
    EXPECT_GT(found_any, 80);
}

} // namespace
} // namespace viz::search::amm
