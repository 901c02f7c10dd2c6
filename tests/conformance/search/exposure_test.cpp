// A swap's reported exposure equals what Uniswap's contracts make of it: with a front-run of
// that size executed before it, it gets or pays exactly the reported amount; with the reported
// bound nobody gains.
#include "components/search/exposure.hpp"

#include "components/evm/token_view.hpp"
#include "components/search/sandwich.hpp"
#include "components/search/worth.hpp"
#include "tests/conformance/search/search_bench.hpp"

namespace viz::search {
namespace {

using test::ether;

class ExposureTest : public test::SearchBench {
  protected:
    void SetUp() override {
        for (const auto& [a, b, of_a, of_b] :
             {std::tuple(other, third, ether(1'000'000), ether(3'000'000)),
              std::tuple(third, base, ether(3'000'000), ether(500))})
            market.pair_of(market.factory, a, b, of_a, of_b);
    }

    eth::Address trader(std::uint8_t number) {
        const auto who = market.trader(number);
        for (const auto& token : {third, orphan}) {
            market.chain.must(token, "transfer(address,uint256)",
                              {test::word_of(who), ether(100'000)});
            market.approve(who, token, market.router);
        }
        return who;
    }
    Pending exact_in(std::uint8_t number, const U256& amount, const U256& least,
                     const std::vector<eth::Address>& path) {
        return market.swap(trader(number), test::kExactIn, amount, least, path);
    }
    Pending exact_out(std::uint8_t number, const U256& amount, const U256& most,
                      const std::vector<eth::Address>& path) {
        return market.swap(trader(number), test::kExactOut, amount, most, path);
    }
    // The report about it, where it is the only one pending on a new head.
    std::optional<Exposure> reported(const Pending& swap) {
        new_head(++heads_);
        add(swap);
        const auto all = hunt.exposures(context());
        hunt.forget(swap.hash);
        EXPECT_LE(all.size(), 1u);
        return all.empty() ? std::nullopt : std::optional(all[0]);
    }
    void expect_none(const Pending& swap) {
        const auto none = reported(swap);
        ASSERT_TRUE(none);
        EXPECT_EQ(none->loss(), U256());
        EXPECT_EQ(none->attacker_net, U256());
        EXPECT_FALSE(none->protecting_in || none->protecting_out || none->candidate_id);
    }

    void expect_some(const Pending& swap) {
        const auto some = reported(swap);
        ASSERT_TRUE(some);
        EXPECT_NE(some->loss(), U256());
    }

    // The front-run that the best sandwich around the swap begins with.
    U256 front_run(const Pending& swap, const eth::Address& pool) {
        auto trial = market.make_trial();
        const auto observed = observe(trial, market.pools, swap);
        const std::vector<BaseToken> bases{{base, 1, 1, ether(100'000)}};
        for (const auto& touched : observed.pools) {
            if (touched.pool.address != pool) continue;
            const auto& token = touched.pool.token_in(touched.zero_for_one);
            const auto worth = token == base
                                   ? std::optional(bases[0])
                                   : as_base(trial, market.pools, bases, token, touched.pool);
            const auto found =
                sandwich_around({trial, market.pools, bases, {}}, observed, touched, *worth);
            return found ? found->capital : U256();
        }
        return {};
    }
    struct Paid {
        U256 in;
        U256 out;
    };
    // What the swap pays and gets when somebody has really sold that much in its pool before it.
    Paid behind(const Pending& swap, const U256& front, const eth::Address& token_in,
                const eth::Address& token_out) {
        const auto rival = exact_in(99, front, U256(), {token_in, token_out});
        Paid paid;
        market.chain.without_trace([&] {
            auto trial = market.make_trial();
            const auto balance = [&](const eth::Address& token) {
                return evm::token_balance(trial.machine(), token, swap.sender).value();
            };
            EXPECT_TRUE(trial.run(rival).succeeded());
            const Paid before{balance(token_in), balance(token_out)};
            EXPECT_TRUE(trial.run(swap).succeeded());
            paid = {before.in - balance(token_in), balance(token_out) - before.out};
        });
        return paid;
    }

    eth::Address third{market.chain.deploy("v2-periphery/build/ERC20", {ether(100'000'000)})};
    eth::Address orphan{market.chain.deploy("v2-periphery/build/ERC20", {ether(100'000'000)})};

  private:
    std::uint8_t heads_{};
};

TEST_F(ExposureTest, AnExactOutputPaysMoreAndItsProtectingMaximumProtects) {
    const auto wanted = ether(40'000);
    const auto fair = *amm::v2_amount_in({ether(1000), ether(2'000'000), {}}, wanted);
    const auto most = fair * U256(103) / U256(100);
    const auto swap = exact_out(1, wanted, most, {base, other});
    const auto exposed = reported(swap);
    ASSERT_TRUE(exposed);
    EXPECT_TRUE(exposed->pays_more);
    EXPECT_EQ(exposed->token_in, base);
    EXPECT_EQ(exposed->amount_in, fair);
    EXPECT_EQ(exposed->amount_out, wanted);
    EXPECT_EQ(exposed->least_out, wanted);
    EXPECT_LE(exposed->most_in, most);
    EXPECT_EQ(exposed->loss(), exposed->most_in - fair);
    EXPECT_TRUE(exposed->candidate_id);
    EXPECT_FALSE(exposed->protecting_out);
    const auto paid = behind(swap, front_run(swap, pair), base, other);
    EXPECT_EQ(paid.in, exposed->most_in);
    EXPECT_EQ(paid.out, wanted);

    ASSERT_TRUE(exposed->protecting_in);
    EXPECT_GE(*exposed->protecting_in, fair);
    EXPECT_LT(*exposed->protecting_in, most);
    expect_none(exact_out(2, wanted, *exposed->protecting_in, {base, other}));
    const auto looser = *exposed->protecting_in + exposed->loss() / U256(100'000);
    expect_some(exact_out(3, wanted, looser, {base, other}));
}

TEST_F(ExposureTest, AnExactOutputWithATightMaximumHasNothingToLose) {
    const auto wanted = ether(40'000);
    const auto fair = *amm::v2_amount_in({ether(1000), ether(2'000'000), {}}, wanted);
    expect_none(exact_out(1, wanted, fair, {base, other}));
}

TEST_F(ExposureTest, ASellerOfATokenForABaseTokenIsReportedToo) {
    const auto sold = ether(40'000);
    const auto fair = *amm::v2_amount_out({ether(2'000'000), ether(1000), {}}, sold);
    const auto swap = exact_in(1, sold, fair * U256(97) / U256(100), {other, base});
    const auto exposed = reported(swap);
    ASSERT_TRUE(exposed);
    EXPECT_FALSE(exposed->pays_more);
    EXPECT_EQ(exposed->token_in, other);
    EXPECT_EQ(exposed->token_out, base);
    EXPECT_EQ(exposed->amount_out, fair);
    EXPECT_FALSE(exposed->candidate_id) << "it is no opportunity in units of a base token";
    EXPECT_NE(exposed->loss(), U256());
    const auto paid = behind(swap, front_run(swap, pair), other, base);
    EXPECT_EQ(paid.out, exposed->least_out);

    ASSERT_TRUE(exposed->protecting_out);
    expect_none(exact_in(2, sold, *exposed->protecting_out, {other, base}));
    const auto looser = *exposed->protecting_out - exposed->loss() / U256(100'000);
    expect_some(exact_in(3, sold, looser, {other, base}));
}

TEST_F(ExposureTest, WhoBuysABaseTokenOfExactAmountPaysMore) {
    const auto wanted = ether(20);
    const auto fair = *amm::v2_amount_in({ether(2'000'000), ether(1000), {}}, wanted);
    const auto swap = exact_out(1, wanted, fair * U256(103) / U256(100), {other, base});
    const auto exposed = reported(swap);
    ASSERT_TRUE(exposed);
    EXPECT_TRUE(exposed->pays_more);
    EXPECT_EQ(exposed->token_in, other) << "the unit of the loss";
    EXPECT_EQ(behind(swap, front_run(swap, pair), other, base).in, exposed->most_in);
    ASSERT_TRUE(exposed->protecting_in);
    expect_none(exact_out(2, wanted, *exposed->protecting_in, {other, base}));
}

TEST_F(ExposureTest, BetweenTokensThatAreNoBasesTheGainIsPricedAtAPoolOfTheFactories) {
    {
        auto trial = market.make_trial();
        market.pools = PoolView(pools());
        market.pools.discover(trial.machine(), other, third);
    }
    const auto found = market.pools.between(other, third);
    ASSERT_EQ(found.size(), 1u);
    const auto pool = found[0]->address;
    const auto sold = ether(20'000);
    const auto fair = *amm::v2_amount_out({ether(1'000'000), ether(3'000'000), {}}, sold);
    const auto swap = exact_in(1, sold, fair * U256(97) / U256(100), {other, third});
    const auto exposed = reported(swap);
    ASSERT_TRUE(exposed);
    EXPECT_EQ(exposed->pool, pool);
    EXPECT_EQ(exposed->token_out, third);
    EXPECT_NE(exposed->loss(), U256());
    EXPECT_EQ(behind(swap, front_run(swap, pool), other, third).out, exposed->least_out);
    ASSERT_TRUE(exposed->protecting_out);
    expect_none(exact_in(2, sold, *exposed->protecting_out, {other, third}));
}

TEST_F(ExposureTest, OfAPathTheSwapThatAnAttackerGainsMostFromIsReported) {
    const auto sold = ether(40'000);
    const auto swap = exact_in(1, sold, U256(1), {other, base, third});
    const auto exposed = reported(swap);
    ASSERT_TRUE(exposed);
    EXPECT_NE(exposed->loss(), U256());
    EXPECT_FALSE(eth::is_negative(exposed->attacker_net));
    EXPECT_TRUE(exposed->token_in == other || exposed->token_in == base);
}

TEST_F(ExposureTest, OfATokenThatNobodyCanPriceNothingIsReported) {
    market.pair_of(market.factory, orphan, other, ether(1'000'000), ether(1'000'000));
    const auto sold = ether(20'000);
    EXPECT_FALSE(reported(exact_in(1, sold, U256(1), {orphan, other})));
}

// A back-run is behind it and costs it nothing.
TEST_F(ExposureTest, ATightSwapThatIsBackRunHasNothingToLose) {
    const auto rival = market.chain.deploy("v2-core/build/UniswapV2Factory", {U256()});
    auto two_factories = pools();
    two_factories.v2_factories.push_back({rival, two_factories.v2_factories[0].init_code_hash});
    config.market.pools = two_factories;
    hunt = ChainSearch(config);
    market.pair_of(rival, base, other, ether(1000), ether(2'000'000));
    const auto fair = *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, ether(20));
    const auto swap = exact_in(1, ether(20), fair, {base, other});
    new_head(77);
    const auto found = add(swap);
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].strategy, "backrun");
    const auto all = hunt.exposures(context());
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].loss(), U256());
}

} // namespace
} // namespace viz::search
