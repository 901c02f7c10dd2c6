// Our V3 swaps beside those of the published pool, executed: amounts, price, tick and liquidity
// afterwards differ by nothing. What we know of the pool is read from its storage.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "components/eth/keccak.hpp"
#include "components/search/amm/pool_address.hpp"
#include "components/search/amm/pool_storage.hpp"
#include "components/search/amm/sandwich.hpp"
#include "tests/conformance/search/contracts.hpp"
#include "tests/support/random_words.hpp"

namespace viz::search::amm {
namespace {

using test::Contracts;
using test::word_of;

struct Tier {
    std::uint32_t fee;
    std::int32_t spacing;
};

class UniswapV3 : public testing::TestWithParam<Tier> {
  protected:
    static constexpr auto kPoolArtifact =
        "v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool";
    Contracts chain;
    PoolFactory factory{
        chain.deploy("v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory", {}),
        eth::keccak256(test::creation_code(kPoolArtifact))};
    eth::Address pool{v3_pool_address(factory, chain.token0, chain.token1, GetParam().fee)};
    V3Curve curve{.fee_pips = GetParam().fee, .tick_spacing = GetParam().spacing, .ticks = {}};

    void create(const U256& price) {
        const auto made =
            chain.must(factory.creator, "createPool(address,address,uint24)",
                       {word_of(chain.token0), word_of(chain.token1), U256(GetParam().fee)});
        ASSERT_EQ(test::output_word(made, 0), word_of(pool));
        chain.must(pool, "initialize(uint160)", {price});
        ASSERT_EQ(state().tick, tick_at_sqrt_ratio(price));
    }

    void mint(std::int32_t low, std::int32_t high, const U256& liquidity) {
        chain.must(
            pool, "mint(address,int24,int24,uint128,bytes)",
            {word_of(chain.trader), word_of(low), word_of(high), liquidity, U256(160), U256()});
    }

    void mint_random(test::RandomWords& random, int positions) {
        const auto at = state().tick / curve.tick_spacing;
        for (int i = 0; i < positions; ++i) {
            const auto width = std::int64_t{1} << random.between(0, 12);
            const auto middle = at + random.between(-width, width);
            const auto half = random.between(1, width);
            const auto most = kMaxTick / curve.tick_spacing;
            const auto low = std::clamp<std::int64_t>(middle - half, -most, most - 1);
            const auto high = std::clamp<std::int64_t>(middle + half, low + 1, most);
            mint(static_cast<std::int32_t>(low) * curve.tick_spacing,
                 static_cast<std::int32_t>(high) * curve.tick_spacing, random.of_bits(20, 90));
        }
    }

    V3State state() {
        return v3_state(chain.storage(pool, U256(kV3PriceSlot)),
                        chain.storage(pool, U256(kV3LiquiditySlot)));
    }

    void read_ticks() {
        curve.ticks.clear();
        const auto last = v3_bitmap_position(kMaxTick, curve.tick_spacing);
        for (auto at = v3_bitmap_position(kMinTick, curve.tick_spacing); at <= last; ++at)
            for (const auto tick :
                 v3_ticks_in(chain.storage(pool, v3_bitmap_slot(at)), at, curve.tick_spacing))
                curve.ticks.push_back(v3_tick(tick, chain.storage(pool, v3_tick_slot(tick))));
    }

    // After a position was made near that tick.
    void read_ticks_near(std::int32_t tick) {
        std::map<std::int32_t, V3Tick> all;
        for (const auto& known : curve.ticks) all[known.index] = known;
        const auto middle = v3_bitmap_position(tick, curve.tick_spacing);
        for (int at = middle - 1; at <= middle + 1; ++at) {
            const auto position = static_cast<std::int16_t>(at);
            for (const auto i : v3_ticks_in(chain.storage(pool, v3_bitmap_slot(position)), position,
                                            curve.tick_spacing))
                all[i] = v3_tick(i, chain.storage(pool, v3_tick_slot(i)));
        }
        near_ = curve;
        near_.ticks.clear();
        for (const auto& [index, known] : all) near_.ticks.push_back(known);
    }
    V3Curve near_;

    V3Request random_request(test::RandomWords& random) {
        V3Request request;
        request.zero_for_one = random.one_in(2);
        request.exact_in = random.one_in(2);
        request.amount = random.of_bits(random.one_in(20) ? 0 : 1, 100);
        if (random.one_in(2)) {
            const auto away = std::int64_t{1} << random.between(0, 15);
            const auto tick = static_cast<std::int32_t>(std::clamp<std::int64_t>(
                state().tick + random.between(-away, away), kMinTick, kMaxTick));
            request.price_limit =
                sqrt_ratio_at_tick(tick) + U256(random.below(std::uint64_t{3})) - U256(1);
        }
        return request;
    }

    evm::TransactionResult execute(const V3Request& r) {
        const auto limit = r.price_limit.value_or(r.zero_for_one ? min_sqrt_ratio() + U256(1)
                                                                 : max_sqrt_ratio() - U256(1));
        return chain.call(pool, "swap(address,bool,int256,uint160,bytes)",
                          {word_of(chain.trader), U256(r.zero_for_one ? 1 : 0),
                           r.exact_in ? r.amount : eth::negate(r.amount), limit, U256(160),
                           U256()});
    }
};

TEST_P(UniswapV3, RandomSwapsAcrossTicksDifferByZeroWei) {
    test::RandomWords random(test::seed_or(20'210'505));
    create(random.of_bits(96 - 20, 96 + 20));
    int swapped = 0;
    int refused = 0;
    int stopped = 0;
    std::uint32_t crossed = 0;
    for (int round = 0; round < 3000; ++round) {
        SCOPED_TRACE(round);
        if (round % 500 == 0) {
            mint_random(random, 8);
            read_ticks();
        }
        const auto request = random_request(random);
        const auto before = state();
        const auto ours = v3_swap(curve, before, request);
        const auto compare = [&] {
            const auto result = execute(request);
            ASSERT_EQ(result.succeeded(), ours.has_value())
                << (ours ? "we would swap" : to_string(ours.error()));
            if (!ours) {
                ++refused;
                return;
            }
            ++swapped;
            crossed += ours->crossed;
            stopped += ours->complete ? 0 : 1;
            const auto delta0 = test::output_word(result, 0);
            const auto delta1 = test::output_word(result, 1);
            ASSERT_EQ(ours->amount_in, request.zero_for_one ? delta0 : delta1);
            ASSERT_EQ(ours->amount_out, eth::negate(request.zero_for_one ? delta1 : delta0));
            ASSERT_EQ(ours->after, state());
        };
        // A price at the end of all ticks would stay there: what goes far is taken back.
        const bool far = ours && (ours->after.tick > before.tick + 20'000 ||
                                  ours->after.tick < before.tick - 20'000);
        if (far || random.one_in(3))
            chain.without_trace(compare);
        else
            compare();
        if (HasFatalFailure()) return;
    }
    std::cout << swapped << " swaps equal (" << crossed << " ticks crossed, " << stopped
              << " stopped at their limit), " << refused << " refused by both\n";
    EXPECT_GE(swapped, 2000);
    EXPECT_GT(crossed, 1000u);
    EXPECT_GT(stopped, 50);
}

// Where products pass 256 bits and amounts 128: the roundings and refusals of the far ends.
TEST_P(UniswapV3, ExtremePricesAndAmountsAreThePoolsToo) {
    test::RandomWords random(test::seed_or(97));
    create(U256(1) << 96);
    mint_random(random, 4);
    read_ticks();
    int swapped = 0;
    int refused = 0;
    for (int round = 0; round < 1000; ++round) {
        SCOPED_TRACE(round);
        chain.without_trace([&] {
            // Somewhere far off, by a swap where there is no liquidity, then a position there.
            const auto price = random.of_bits(40, 158);
            const auto start = state();
            const V3Request away{price < start.sqrt_price, true, max_of_bits(180), price};
            if (!execute(away).succeeded()) return;
            const auto most = kMaxTick / curve.tick_spacing;
            const auto at = std::clamp(state().tick / curve.tick_spacing, 3 - most, most - 3);
            const auto width = static_cast<std::int32_t>(random.between(1, 2));
            mint((at - width) * curve.tick_spacing, (at + width) * curve.tick_spacing,
                 random.of_bits(1, 100));
            read_ticks_near(at * curve.tick_spacing);
            auto request = random_request(random);
            request.amount = random.of_bits(1, 190);
            const auto ours = v3_swap(near_, state(), request);
            const auto result = execute(request);
            if (!result.succeeded() || !ours) {
                ++refused;
                // Beyond what the trader has, the token refuses: nothing to compare.
                if (ours && ours->amount_in > max_of_bits(199)) return;
                ASSERT_EQ(result.succeeded(), ours.has_value())
                    << (ours ? "we would swap" : to_string(ours.error()));
                return;
            }
            ++swapped;
            const auto delta0 = test::output_word(result, 0);
            const auto delta1 = test::output_word(result, 1);
            ASSERT_EQ(ours->amount_in, request.zero_for_one ? delta0 : delta1);
            ASSERT_EQ(ours->amount_out, eth::negate(request.zero_for_one ? delta1 : delta0));
            ASSERT_EQ(ours->after, state());
        });
        if (HasFatalFailure()) return;
    }
    std::cout << swapped << " swaps equal, " << refused << " refused by both\n";
    EXPECT_GT(swapped, 400);
}

// Three swaps through the pool: what they bring is what was computed, and the victim gets its
// bound by no more than the last unit.
TEST_P(UniswapV3, ASandwichBringsWhatWasComputed) {
    test::RandomWords random(test::seed_or(98));
    create(U256(1) << 96);
    mint(-200 * 60 / curve.tick_spacing * curve.tick_spacing,
         200 * 60 / curve.tick_spacing * curve.tick_spacing, U256(1) << 80);
    mint_random(random, 8);
    read_ticks();
    int profitable = 0;
    for (int round = 0; round < 100; ++round) {
        SCOPED_TRACE(round);
        const auto before = state();
        V3Victim victim{random.one_in(2), {random.one_in(2), {}, {}}, std::nullopt};
        victim.swap.amount =
            from_u128(before.liquidity) >> static_cast<unsigned>(random.between(5, 11));
        const V3Request request{victim.zero_for_one, victim.swap.exact_in, victim.swap.amount,
                                std::nullopt};
        const auto alone = v3_swap(curve, before, request);
        if (!alone || !alone->complete) continue;
        victim.swap.bound = victim.swap.exact_in ? alone->amount_out * U256(97) / U256(100)
                                                 : alone->amount_in * U256(103) / U256(100);
        const auto best = v3_best_sandwich(curve, before, victim, max_of_bits(100));
        if (!best) continue;
        ++profitable;
        chain.without_trace([&] {
            const auto bought = [&](const evm::TransactionResult& result, bool zero_for_one) {
                return eth::negate(test::output_word(result, zero_for_one ? 1 : 0));
            };
            const V3Request front{victim.zero_for_one, true, best->front_in, std::nullopt};
            ASSERT_EQ(bought(execute(front), victim.zero_for_one), best->front_out);
            const auto middle = execute(request);
            ASSERT_EQ(bought(middle, victim.zero_for_one), best->victim_out);
            ASSERT_EQ(test::output_word(middle, victim.zero_for_one ? 0 : 1), best->victim_in);
            const V3Request back{!victim.zero_for_one, true, best->front_out, std::nullopt};
            ASSERT_EQ(bought(execute(back), !victim.zero_for_one), best->back_out);
        });
    }
    std::cout << profitable << " sandwiches equal\n";
    EXPECT_GT(profitable, 10);
}

TEST_P(UniswapV3, TheTickOfAPriceIsThePools) {
    test::RandomWords random(test::seed_or(3));
    create(U256(1) << 96);
    const auto spread = max_sqrt_ratio() - min_sqrt_ratio();
    std::vector<U256> prices{min_sqrt_ratio(), max_sqrt_ratio() - U256(1)};
    for (int i = 0; i < 150; ++i) {
        prices.push_back(min_sqrt_ratio() + random.of_bits(1, 159) % spread);
        const auto tick = static_cast<std::int32_t>(random.between(kMinTick + 1, kMaxTick - 1));
        prices.push_back(sqrt_ratio_at_tick(tick));
        prices.push_back(sqrt_ratio_at_tick(tick) - U256(1));
    }
    // A second pool for every price: the creation of the first is rolled back.
    for (const auto& price : prices)
        chain.without_trace([&] {
            const auto other = GetParam().fee == 500 ? 3000U : 500U;
            chain.must(factory.creator, "createPool(address,address,uint24)",
                       {word_of(chain.token0), word_of(chain.token1), U256(other)});
            const auto at = v3_pool_address(factory, chain.token0, chain.token1, other);
            chain.must(at, "initialize(uint160)", {price});
            EXPECT_EQ(v3_state(chain.storage(at, U256(kV3PriceSlot)), U256()).tick,
                      tick_at_sqrt_ratio(price));
        });
}

INSTANTIATE_TEST_SUITE_P(Tiers, UniswapV3,
                         testing::Values(Tier{500, 10}, Tier{3000, 60}, Tier{10000, 200}),
                         [](const auto& tier) { return "Fee" + std::to_string(tier.param.fee); });

} // namespace
} // namespace viz::search::amm
