#include <gtest/gtest.h>

#include "components/search/amm/path.hpp"
#include "tests/support/random_words.hpp"

namespace viz::search::amm {
namespace {

U256 best_by_trial(const std::vector<Hop>& path, std::uint64_t up_to) {
    U256 best;
    for (std::uint64_t x = 1; x <= up_to; ++x) {
        const auto out = path_out(path, U256(x));
        if (out && *out > U256(x) && *out - U256(x) > best) best = *out - U256(x);
    }
    return best;
}

V2Side small_side(test::RandomWords& random) {
    return {U256(1000 + random.below(10'000)), U256(1000 + random.below(10'000)), {}};
}

TEST(Cycle, TwoAndThreePairsAreWithinAWeiOfEveryInteger) {
    test::RandomWords random(test::seed_or(31));
    int profitable = 0;
    int exact = 0;
    for (int round = 0; round < 200; ++round) {
        SCOPED_TRACE(round);
        std::vector<Hop> path(2 + random.below(2));
        for (auto& hop : path) hop = small_side(random);
        const auto most = best_by_trial(path, 20'000);
        const auto found = best_cycle(path, U256(20'000));
        const auto profit = found ? found->profit() : U256();
        if (found) {
            EXPECT_EQ(*path_out(path, found->amount_in), found->amount_out);
        }
        ASSERT_LE(profit, most);
        EXPECT_LE(most - profit, U256(1));
        if (eth::is_zero(most)) continue;
        ++profitable;
        if (profit == most) ++exact;
    }
    std::cout << exact << " of " << profitable << " are the very best\n";
    EXPECT_GT(profitable, 50);
    EXPECT_GE(exact * 10, profitable * 9);
}

// Ether with 18 decimals against a dollar with 6, in both roles: nothing near brings more.
TEST(Cycle, AtRealSizesNoNeighbourBringsMore) {
    test::RandomWords random(test::seed_or(32));
    int profitable = 0;
    int beaten = 0;
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE(round);
        const auto ether = random.of_bits(68, 76);
        const auto dollars = ether / U256(400'000'000 + random.below(40'000'000));
        const auto other = ether / U256(400'000'000 + random.below(40'000'000));
        const V2Side buy{ether, dollars, {}};
        const V2Side sell{other, ether, random.one_in(2) ? V2Fee{} : V2Fee{9975, 10000}};
        const auto path = random.one_in(2) ? std::vector<Hop>{buy, sell}
                                           : std::vector<Hop>{v2_reversed(sell), v2_reversed(buy)};
        const auto found = best_cycle(path, max_of_bits(112));
        if (!found) continue;
        ++profitable;
        bool better = false;
        for (int i = 0; i < 400; ++i) {
            const auto away = random.of_bits(1, 60) % (found->amount_in / U256(50) + U256(1));
            const auto near = random.one_in(2) ? found->amount_in + away : found->amount_in - away;
            const auto reached = path_out(std::span(path).first(1), near);
            if (!reached) continue;
            const auto cheapest = path_in(std::span(path).first(1), *reached);
            const auto out = path_out(path, *cheapest);
            if (!out || !eth::signed_less(found->profit(), *out - *cheapest)) continue;
            better = true;
            // One part in a million of the profit, or a unit.
            EXPECT_LE(*out - *cheapest - found->profit(),
                      found->profit() / U256(1'000'000) + U256(1));
        }
        beaten += better ? 1 : 0;
    }
    std::cout << beaten << " of " << profitable << " have a better neighbour\n";
    EXPECT_GT(profitable, 100);
    EXPECT_LE(beaten * 10, profitable);
}

TEST(Cycle, NoProfitWhereThePricesAgree) {
    const std::vector<Hop> path{V2Side{U256(1) << 80, U256(1) << 70, {}},
                                V2Side{U256(1) << 71, U256(1) << 81, {}}};
    EXPECT_EQ(best_cycle(path, ~U256()).error(), NoSize::not_profitable);
    EXPECT_EQ(best_cycle({}, ~U256()).error(), NoSize::not_profitable);
}

TEST(Cycle, InventoryBoundsIt) {
    const std::vector<Hop> path{V2Side{U256(1) << 80, U256(1) << 70, {}},
                                V2Side{U256(1) << 70, U256(1) << 81, {}}};
    const auto free = best_cycle(path, ~U256());
    ASSERT_TRUE(free);
    const auto bound = best_cycle(path, U256(1) << 60);
    ASSERT_TRUE(bound);
    EXPECT_LE(bound->amount_in, U256(1) << 60);
    EXPECT_LT(bound->profit(), free->profit());
}

// One V3 pool of three positions around the price 1, and a V2 pair that is out of line with it.
class MixedCycle : public testing::Test {
  protected:
    static constexpr Int128 kUnit = 1'000'000'000'000'000'000;
    const V3Curve curve{.fee_pips = 500,
                        .tick_spacing = 10,
                        .ticks = {{-600, kUnit},
                                  {-100, kUnit},
                                  {-20, 9 * kUnit},
                                  {20, -9 * kUnit},
                                  {100, -kUnit},
                                  {600, -kUnit}}};
    const V3State state{U256(1) << 96, 0, static_cast<Uint128>(11 * kUnit)};
    const U256 depth = from_u128(static_cast<Uint128>(8 * kUnit));

    // Nothing on a fine net of amounts brings more.
    void expect_best(const std::vector<Hop>& path) {
        const auto found = best_cycle(path, U256(1) << 100);
        ASSERT_TRUE(found);
        EXPECT_EQ(*path_out(path, found->amount_in), found->amount_out);
        for (std::uint64_t part = 1; part < 4000; ++part) {
            const auto amount = found->amount_in * U256(part) / U256(1000);
            const auto out = path_out(path, amount);
            if (!out) continue;
            EXPECT_FALSE(eth::signed_less(found->profit(), *out - amount)) << part;
        }
        for (unsigned bit = 0; bit < 50; ++bit)
            for (const auto& amount :
                 {found->amount_in + (U256(1) << bit), found->amount_in - (U256(1) << bit)}) {
                const auto out = path_out(path, amount);
                if (out) {
                    EXPECT_FALSE(eth::signed_less(found->profit() + U256(1), *out - amount)) << bit;
                }
            }
    }
};

TEST_F(MixedCycle, WithinOneRange) {
    const auto dearer = depth + depth / U256(600);
    expect_best({V3Hop{&curve, state, true}, V2Side{depth, dearer + depth / U256(400), {}}});
    expect_best({V2Side{depth, dearer + depth / U256(400), {}}, V3Hop{&curve, state, true}});
}

TEST_F(MixedCycle, AcrossTicksInBothOrders) {
    const auto far = depth + depth / U256(20);
    expect_best({V3Hop{&curve, state, true}, V2Side{depth, far, {}}});
    expect_best({V2Side{depth, far, {}}, V3Hop{&curve, state, false}});
    const V3State moved{sqrt_ratio_at_tick(300), 300, static_cast<Uint128>(kUnit)};
    expect_best({V3Hop{&curve, state, false}, V3Hop{&curve, moved, true}});
}

TEST_F(MixedCycle, AVictimOnAPathIsAVictimOfOneHop) {
    const V2Side before{depth, depth, {}};
    const V2Side middle{depth, depth + depth, {9975, 10000}};
    const std::vector<Hop> path{before, middle, V3Hop{&curve, state, true}};
    const auto amount = U256(1) << 53;
    const auto out = path_out(path, amount);
    ASSERT_TRUE(out);
    const Victim victim{true, amount, *out * U256(99) / U256(100)};
    const auto here = victim_at(path, 1, victim);
    ASSERT_TRUE(here);
    EXPECT_EQ(here->amount, *v2_amount_out(before, amount));
    const auto front = v2_largest_front_run(middle, *here, max_of_bits(112));
    ASSERT_TRUE(front);
    const auto whole_path_after = [&](const U256& a) {
        const auto moved = v2_after(middle, a, *v2_amount_out(middle, a));
        return *path_out(std::vector<Hop>{path[0], moved, path[2]}, amount);
    };
    EXPECT_GE(whole_path_after(*front), victim.bound);
    EXPECT_LT(whole_path_after(*front + (*front >> 20)), victim.bound);
    EXPECT_EQ(victim_at(path, 3, victim).error(), SwapError::empty_path);
}

TEST_F(MixedCycle, AnExactOutVictimIsFollowedBackwards) {
    const V2Side first{depth, depth, {}};
    const V2Side second{depth, depth, {}};
    const std::vector<Hop> path{first, second};
    const auto wanted = U256(1) << 55;
    const auto middle_in = *v2_amount_in(second, wanted);
    const auto in = *v2_amount_in(first, middle_in);
    const Victim victim{false, wanted, in + in / U256(100)};
    const auto here = victim_at(path, 0, victim);
    ASSERT_TRUE(here);
    EXPECT_EQ(here->amount, middle_in);
    EXPECT_EQ(here->bound, victim.bound);
    const auto at_second = victim_at(path, 1, victim);
    ASSERT_TRUE(at_second);
    EXPECT_EQ(at_second->amount, wanted);
    EXPECT_EQ(at_second->bound, *v2_amount_out(first, victim.bound));
}

} // namespace
} // namespace viz::search::amm
