// A V2 pair and a V3 pool of the same tokens, out of line with each other: the cycle that was
// computed, executed by the contracts.
#include <algorithm>

#include <gtest/gtest.h>

#include "components/eth/keccak.hpp"
#include "components/search/amm/path.hpp"
#include "components/search/amm/pool_address.hpp"
#include "components/search/amm/pool_storage.hpp"
#include "tests/conformance/search/contracts.hpp"
#include "tests/support/random_words.hpp"

namespace viz::search::amm {
namespace {

using test::word_of;

class CycleExecution : public testing::Test {
  protected:
    static constexpr std::uint32_t kFee = 3000;
    static constexpr std::int32_t kSpacing = 60;
    test::Contracts chain;
    eth::Address pair;
    eth::Address pool;
    V3Curve curve{.fee_pips = kFee, .tick_spacing = kSpacing, .ticks = {}};
    const U256 depth = U256(1) << 80;

    void SetUp() override {
        const auto v2 = chain.deploy("v2-core/build/UniswapV2Factory", {U256()});
        const auto v3 =
            chain.deploy("v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory", {});
        const auto tokens = std::vector<U256>{word_of(chain.token0), word_of(chain.token1)};
        pair = address_in(chain.must(v2, "createPair(address,address)", tokens));
        pool = address_in(chain.must(v3, "createPool(address,address,uint24)",
                                     {tokens[0], tokens[1], U256(kFee)}));
        for (const auto& token : {chain.token0, chain.token1})
            chain.must(token, "transfer(address,uint256)", {word_of(pair), depth});
        chain.must(pair, "sync()", {});
        chain.must(pool, "initialize(uint160)", {U256(1) << 96});
        for (const std::int32_t width : {60, 180, 600, 6000, 60'000}) {
            chain.must(
                pool, "mint(address,int24,int24,uint128,bytes)",
                {word_of(chain.trader), word_of(-width), word_of(width), depth, U256(160), U256()});
            for (const auto tick : {-width, width})
                curve.ticks.push_back(v3_tick(tick, chain.storage(pool, v3_tick_slot(tick))));
        }
        std::sort(curve.ticks.begin(), curve.ticks.end(),
                  [](const V3Tick& a, const V3Tick& b) { return a.index < b.index; });
    }

    static eth::Address address_in(const evm::TransactionResult& result) {
        eth::Address address;
        std::copy_n(result.output.begin() + 12, 20, address.bytes.begin());
        return address;
    }

    V2Side side(bool zero_for_one) {
        const auto r = v2_reserves(chain.storage(pair, U256(kV2ReservesSlot)));
        return zero_for_one ? V2Side{r.reserve0, r.reserve1, {}}
                            : V2Side{r.reserve1, r.reserve0, {}};
    }
    V3Hop hop(bool zero_for_one) {
        return {&curve,
                v3_state(chain.storage(pool, U256(kV3PriceSlot)),
                         chain.storage(pool, U256(kV3LiquiditySlot))),
                zero_for_one};
    }
    U256 balance(const eth::Address& token) {
        return test::output_word(chain.must(token, "balanceOf(address)", {word_of(chain.trader)}),
                                 0);
    }
    void swap_pair(bool zero_for_one, const U256& in) {
        const auto out = *v2_amount_out(side(zero_for_one), in);
        chain.must(zero_for_one ? chain.token0 : chain.token1, "transfer(address,uint256)",
                   {word_of(pair), in});
        chain.must(pair, "swap(uint256,uint256,address,bytes)",
                   {zero_for_one ? U256() : out, zero_for_one ? out : U256(), word_of(chain.trader),
                    U256(128), U256()});
    }
    void swap_pool(bool zero_for_one, const U256& in) {
        const auto limit = zero_for_one ? min_sqrt_ratio() + U256(1) : max_sqrt_ratio() - U256(1);
        chain.must(
            pool, "swap(address,bool,int256,uint160,bytes)",
            {word_of(chain.trader), U256(zero_for_one ? 1 : 0), in, limit, U256(160), U256()});
    }
};

TEST_F(CycleExecution, TheProfitOnTheAccountIsTheOneComputed) {
    test::RandomWords random(test::seed_or(41));
    int profitable = 0;
    for (int round = 0; round < 60; ++round) {
        SCOPED_TRACE(round);
        // Somebody pushes the pair out of line.
        swap_pair(random.one_in(2), depth >> static_cast<unsigned>(random.between(2, 6)));
        for (const bool zero_for_one : {true, false})
            for (const bool pool_first : {true, false}) {
                std::vector<Hop> path{hop(zero_for_one), side(!zero_for_one)};
                if (!pool_first) path = {side(zero_for_one), hop(!zero_for_one)};
                const auto found = best_cycle(path, depth);
                if (!found) continue;
                ++profitable;
                const auto& base = zero_for_one ? chain.token0 : chain.token1;
                const auto& other = zero_for_one ? chain.token1 : chain.token0;
                const auto base_before = balance(base);
                const auto other_before = balance(other);
                const auto middle = [&] { return balance(other) - other_before; };
                if (pool_first) {
                    swap_pool(zero_for_one, found->amount_in);
                    swap_pair(!zero_for_one, middle());
                } else {
                    swap_pair(zero_for_one, found->amount_in);
                    swap_pool(!zero_for_one, middle());
                }
                ASSERT_EQ(balance(base) - base_before, found->profit());
                ASSERT_EQ(balance(other), other_before);
                // What was out of line is not any more, up to the fees.
                const auto again = best_cycle(
                    pool_first ? std::vector<Hop>{hop(zero_for_one), side(!zero_for_one)}
                               : std::vector<Hop>{side(zero_for_one), hop(!zero_for_one)},
                    depth);
                EXPECT_TRUE(!again || again->profit() < found->profit() / U256(1000) + U256(3));
            }
    }
    std::cout << profitable << " cycles equal\n";
    EXPECT_GT(profitable, 20);
}

} // namespace
} // namespace viz::search::amm
