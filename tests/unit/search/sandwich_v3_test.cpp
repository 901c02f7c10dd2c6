#include <map>

#include <gtest/gtest.h>

#include "components/search/amm/sandwich.hpp"
#include "tests/support/random_words.hpp"

namespace viz::search::amm {
namespace {

struct Market {
    V3Curve curve;
    V3State state;
};

Market market(test::RandomWords& random, int positions) {
    Market m;
    constexpr Uint128 kUnit = 1'000'000'000'000'000'000;
    m.curve.fee_pips = random.one_in(2) ? 500 : 3000;
    m.curve.tick_spacing = 60;
    m.state.tick = static_cast<std::int32_t>(random.between(-50, 50));
    m.state.sqrt_price = sqrt_ratio_at_tick(m.state.tick) + U256(12345);
    std::map<std::int32_t, Int128> net;
    for (int i = 0; i < positions; ++i) {
        const auto width = static_cast<std::int32_t>(random.between(1, 20) * 60);
        const auto size = static_cast<Int128>(kUnit * (1 + random.below(1000)));
        net[-width] += size;
        net[width] -= size;
        m.state.liquidity += static_cast<Uint128>(size);
    }
    for (const auto& [tick, change] : net)
        if (change != 0) m.curve.ticks.push_back({tick, change});
    // tick lies within the narrowest position
    return m;
}

V3Victim victim_of(const Market& m, test::RandomWords& random) {
    V3Victim v;
    v.zero_for_one = random.one_in(2);
    v.swap.exact_in = random.one_in(2);
    v.swap.amount = from_u128(m.state.liquidity) >> static_cast<unsigned>(random.between(7, 12));
    const auto alone =
        v3_swap(m.curve, m.state, {v.zero_for_one, v.swap.exact_in, v.swap.amount, {}});
    if (!alone) return v;
    const auto bps = 10 + random.below(300);
    v.swap.bound = v.swap.exact_in ? alone->amount_out * U256(10'000 - bps) / U256(10'000)
                                   : alone->amount_in * U256(10'000 + bps) / U256(10'000);
    return v;
}

bool accepts(const Market& m, const V3Victim& v, const U256& front_in) {
    const auto front = v3_swap(m.curve, m.state, {v.zero_for_one, true, front_in, {}});
    if (!front || !front->complete) return false;
    const auto s =
        v3_swap(m.curve, front->after, {v.zero_for_one, v.swap.exact_in, v.swap.amount, {}});
    if (!s || (!v.swap.exact_in && !s->complete)) return false;
    return v.swap.exact_in ? s->amount_out >= v.swap.bound : s->amount_in <= v.swap.bound;
}

class SandwichV3 : public testing::TestWithParam<int> {};

TEST_P(SandwichV3, TheVictimKeepsItsBoundByTheLastUnit) {
    test::RandomWords random(test::seed_or(21));
    int sized = 0;
    int profitable = 0;
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        const auto m = market(random, GetParam());
        const auto victim = victim_of(m, random);
        const auto found = v3_largest_front_run(m.curve, m.state, victim, U256(1) << 100);
        if (!found || eth::is_zero(*found)) continue;
        ++sized;
        EXPECT_TRUE(accepts(m, victim, *found));
        EXPECT_FALSE(accepts(m, victim, *found + U256(1)));
        // Roundings at the stops between may let a little more pass again, never much.
        for (unsigned bit = 12; bit < 60; ++bit)
            EXPECT_FALSE(accepts(m, victim, *found + (U256(1) << bit))) << bit;
        const auto best = v3_best_sandwich(m.curve, m.state, victim, U256(1) << 100);
        const auto at_bound = v3_sandwich(m.curve, m.state, victim, *found);
        ASSERT_TRUE(at_bound);
        if (!best) {
            EXPECT_TRUE(eth::is_negative(at_bound->profit()) || eth::is_zero(at_bound->profit()));
            continue;
        }
        ++profitable;
        EXPECT_FALSE(eth::signed_less(best->profit(), at_bound->profit()));
        for (unsigned part = 1; part < 16; ++part) {
            const auto less = v3_sandwich(m.curve, m.state, victim, *found * U256(part) / U256(16));
            if (less) {
                EXPECT_FALSE(eth::signed_less(best->profit(), less->profit()));
            }
        }
    }
    EXPECT_GT(sized, 200);
    EXPECT_GT(profitable, 50);
}

INSTANTIATE_TEST_SUITE_P(Positions, SandwichV3, testing::Values(1, 4));

TEST(SandwichV3Victim, AVictimThatFailsByItselfIsNotSandwiched) {
    test::RandomWords random(test::seed_or(22));
    const auto m = market(random, 1);
    V3Victim victim{true, {true, U256(1'000'000), U256(2'000'000)}, {}};
    EXPECT_EQ(v3_best_sandwich(m.curve, m.state, victim, U256(1) << 90).error(),
              NoSize::victim_fails);
}

} // namespace
} // namespace viz::search::amm
