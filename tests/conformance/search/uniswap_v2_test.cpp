// Our V2 amounts beside those of the deployed pair and router, executed: 0 wei of difference.
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

constexpr auto kExactIn = "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)";
constexpr auto kExactOut = "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)";

class UniswapV2 : public testing::Test {
  protected:
    Contracts chain;
    PoolFactory factory{chain.deploy("v2-core/build/UniswapV2Factory", {U256()}),
                        eth::keccak256(test::creation_code("v2-core/build/UniswapV2Pair"))};
    eth::Address router{chain.deploy("v2-periphery/build/UniswapV2Router02",
                                     {word_of(factory.creator), word_of(chain.trader)})};
    eth::Address pair{v2_pair_address(factory, chain.token0, chain.token1)};

    void SetUp() override {
        for (const auto& token : {chain.token0, chain.token1})
            chain.must(token, "approve(address,uint256)", {word_of(router), ~U256()});
        const auto made = chain.must(factory.creator, "createPair(address,address)",
                                     {word_of(chain.token0), word_of(chain.token1)});
        ASSERT_EQ(test::output_word(made, 0), word_of(pair));
    }

    // Reserves as they are then, whatever they were.
    void provide(const U256& amount0, const U256& amount1) {
        chain.must(chain.token0, "transfer(address,uint256)", {word_of(pair), amount0});
        chain.must(chain.token1, "transfer(address,uint256)", {word_of(pair), amount1});
        chain.must(pair, "sync()", {});
    }

    V2Side side(bool zero_for_one) {
        const auto reserves = v2_reserves(chain.storage(pair, U256(kV2ReservesSlot)));
        const V2Side from0{reserves.reserve0, reserves.reserve1, {}};
        return zero_for_one ? from0 : v2_reversed(from0);
    }

    evm::TransactionResult through_router(const char* signature, bool zero_for_one,
                                          const U256& amount, const U256& bound) {
        const auto& from = zero_for_one ? chain.token0 : chain.token1;
        const auto& to = zero_for_one ? chain.token1 : chain.token0;
        return chain.call(router, signature,
                          {amount, bound, U256(160), word_of(chain.trader), ~U256(), U256(2),
                           word_of(from), word_of(to)});
    }

    bool pair_accepts(bool zero_for_one, const U256& in, const U256& out) {
        bool accepted = false;
        chain.without_trace([&] {
            chain.must(zero_for_one ? chain.token0 : chain.token1, "transfer(address,uint256)",
                       {word_of(pair), in});
            accepted = chain
                           .call(pair, "swap(uint256,uint256,address,bytes)",
                                 {zero_for_one ? U256() : out, zero_for_one ? out : U256(),
                                  word_of(chain.trader), U256(128), U256()})
                           .succeeded();
        });
        return accepted;
    }
};

TEST_F(UniswapV2, RandomSwapsThroughTheRouterDifferByZeroWei) {
    test::RandomWords random(test::seed_or(20'200'518));
    int swapped = 0;
    int refused = 0;
    for (int round = 0; round < 1500; ++round) {
        SCOPED_TRACE(round);
        if (round % 300 == 0) provide(random.of_bits(10, 90), random.of_bits(10, 90));
        const bool zero_for_one = random.one_in(2);
        const bool exact_in = random.one_in(2);
        const auto before = side(zero_for_one);
        const auto amount = exact_in && !random.one_in(10)
                                ? random.below(before.reserve_in + before.reserve_in)
                                : random.below(before.reserve_out + U256(3));
        const auto result = through_router(exact_in ? kExactIn : kExactOut, zero_for_one, amount,
                                           exact_in ? U256() : ~U256());
        const auto other = exact_in ? v2_amount_out(before, amount) : v2_amount_in(before, amount);
        std::optional<SwapError> refusal;
        if (!other)
            refusal = other.error();
        else
            refusal =
                exact_in ? v2_refusal(before, amount, *other) : v2_refusal(before, *other, amount);
        ASSERT_EQ(result.succeeded(), !refusal.has_value())
            << (refusal ? to_string(*refusal) : "we would swap");
        if (refusal) {
            ++refused;
            continue;
        }
        ++swapped;
        ASSERT_EQ(test::output_word(result, exact_in ? 3 : 2), *other);
        ASSERT_EQ(side(zero_for_one),
                  exact_in ? v2_after(before, amount, *other) : v2_after(before, *other, amount));
        chain.keep();
    }
    std::cout << swapped << " swaps equal, " << refused << " refused by both\n";
    EXPECT_GE(swapped, 1000);
    EXPECT_GT(refused, 0);
}

TEST_F(UniswapV2, ThePairAcceptsOurAmountsAndNotOneWeiMore) {
    test::RandomWords random(test::seed_or(7));
    int below_router = 0;
    for (int round = 0; round < 400; ++round) {
        SCOPED_TRACE(round);
        if (round % 100 == 0) provide(random.of_bits(8, 80), random.of_bits(8, 80));
        const bool zero_for_one = random.one_in(2);
        const auto before = side(zero_for_one);
        const auto in = random.below(before.reserve_in) + U256(1);
        const auto out = v2_amount_out(before, in);
        ASSERT_TRUE(out);
        if (!eth::is_zero(*out)) {
            EXPECT_TRUE(pair_accepts(zero_for_one, in, *out));
        }
        EXPECT_FALSE(pair_accepts(zero_for_one, in, *out + U256(1)));
        const auto wanted = random.below(before.reserve_out - U256(1)) + U256(1);
        const auto least = v2_least_in(before, wanted);
        ASSERT_TRUE(least);
        EXPECT_TRUE(pair_accepts(zero_for_one, *least, wanted));
        EXPECT_FALSE(pair_accepts(zero_for_one, *least - U256(1), wanted));
        if (*least != *v2_amount_in(before, wanted)) ++below_router;
    }
    std::cout << below_router << " of 400 least inputs are a wei below the router's\n";
}

TEST_F(UniswapV2, ReservesOf112BitsAreThePairsLimit) {
    const auto most = max_of_bits(kV2ReserveBits);
    provide(most - U256(999), most);
    const auto at = side(true);
    const auto out = v2_amount_out(at, U256(999));
    ASSERT_TRUE(out);
    EXPECT_EQ(v2_refusal(at, U256(999), *out), std::nullopt);
    EXPECT_TRUE(pair_accepts(true, U256(999), *out));
    EXPECT_EQ(v2_refusal(at, U256(1000), *out), SwapError::reserve_overflow);
    EXPECT_FALSE(pair_accepts(true, U256(1000), *out));
    // The invariant is looked at before.
    EXPECT_EQ(v2_refusal(at, U256(1000), *out + U256(2)), SwapError::invariant);
}

// The largest front-run, its victim through the router with its own bound, and the way back.
TEST_F(UniswapV2, ASandwichBringsWhatWasComputedAndOneWeiMoreBreaksTheVictim) {
    test::RandomWords random(test::seed_or(99));
    int profitable = 0;
    for (int round = 0; round < 150; ++round) {
        SCOPED_TRACE(round);
        if (round % 30 == 0) provide(random.of_bits(50, 90), random.of_bits(50, 90));
        const bool zero_for_one = random.one_in(2);
        const bool exact_in = random.one_in(2);
        const auto before = side(zero_for_one);
        const auto& of = exact_in ? before.reserve_in : before.reserve_out;
        Victim victim{exact_in, of >> static_cast<unsigned>(random.between(3, 8)), {}};
        const U256 percent(random.below(std::uint64_t{5}) + 1);
        victim.bound =
            exact_in ? *v2_amount_out(before, victim.amount) * (U256(100) - percent) / U256(100)
                     : *v2_amount_in(before, victim.amount) * (U256(100) + percent) / U256(100);
        const auto largest = v2_largest_front_run(before, victim, max_of_bits(kV2ReserveBits));
        ASSERT_TRUE(largest);
        const auto* kind = exact_in ? kExactIn : kExactOut;
        const auto victim_accepts = [&](const U256& front_in) {
            bool accepted = false;
            chain.without_trace([&] {
                ASSERT_TRUE(through_router(kExactIn, zero_for_one, front_in, U256()).succeeded());
                accepted =
                    through_router(kind, zero_for_one, victim.amount, victim.bound).succeeded();
            });
            return accepted;
        };
        EXPECT_TRUE(victim_accepts(*largest));
        EXPECT_FALSE(victim_accepts(*largest + U256(1)));

        const auto best = v2_best_sandwich(before, victim, max_of_bits(kV2ReserveBits));
        if (!best) continue;
        ++profitable;
        const auto front = through_router(kExactIn, zero_for_one, best->front_in, U256());
        ASSERT_EQ(test::output_word(front, 3), best->front_out);
        const auto middle = through_router(kind, zero_for_one, victim.amount, victim.bound);
        ASSERT_TRUE(middle.succeeded());
        ASSERT_EQ(test::output_word(middle, 2), best->victim_in);
        ASSERT_EQ(test::output_word(middle, 3), best->victim_out);
        const auto back = through_router(kExactIn, !zero_for_one, best->front_out, U256());
        ASSERT_EQ(test::output_word(back, 3), best->back_out);
        chain.keep();
    }
    EXPECT_GT(profitable, 100);
}

} // namespace
} // namespace viz::search::amm
