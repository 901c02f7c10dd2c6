// Candidates executed by Uniswap's contracts, written to a file, and run again from the file alone.
#include <gtest/gtest.h>

#include "components/search/arb.hpp"
#include "components/sim/case_text.hpp"
#include "tests/conformance/search/market.hpp"

namespace viz::search {
namespace {

using test::ether;
using test::word_of;

class CaseReplay : public testing::Test {
  protected:
    test::Market market;
    eth::Address base{market.chain.token0};
    eth::Address other{market.chain.token1};
    eth::Address victim{market.trader(1)};
    sim::SimSettings settings;

    // On an overlay of its own over all of the market, as on the state of a head.
    sim::CompleteCase executed(const sim::SimRequest& request) {
        const auto below = market.chain.snapshot();
        evm::CodeCache codes;
        evm::Overlay state(below, codes);
        const auto result = sim::simulate(state, market.rules(), market.block, request, settings);
        EXPECT_EQ(sim::result_text(result),
                  sim::result_text(sim::simulate(market.chain.state(), market.rules(), market.block,
                                                 request, settings)));
        return sim::make_case({.sim_id = {{{1}}}, .candidate_id = eth::Hash{{{2}}}},
                              {.hash = {{{3}}}, .number = market.block.number - 1}, state,
                              market.rules(), market.block, request, settings, result)
            .value();
    }
    // The text of the result.
    std::string expect_the_same_from_a_file(const sim::SimRequest& request) {
        const auto given = executed(request);
        const auto file = sim::case_file(sim::case_body(given.what), given.codes);
        auto read = sim::parse_case_file(file);
        if (const auto* wrong = std::get_if<sim::CaseError>(&read)) {
            ADD_FAILURE() << wrong->message();
            return {};
        }
        const auto& complete = std::get<sim::CompleteCase>(read);
        const auto again = sim::run_again(complete, *sim::rules_of(complete.what));
        EXPECT_TRUE(again.missing.empty());
        EXPECT_EQ(again.result, given.what.result);
        return again.result;
    }
    static bool says(const std::string& result, const std::string& what) {
        return result.find(what) != std::string::npos;
    }
};

class CaseReplayV2 : public CaseReplay {
  protected:
    eth::Address pair{market.pair_of(market.factory, base, other, ether(1000), ether(2'000'000))};
    sim::SimRequest sandwich() {
        const auto fair = *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, ether(20));
        const auto tx = market.swap(victim, test::kExactIn, ether(20), fair * U256(97) / U256(100),
                                    {base, other});
        return test::Market::request(market.find(SandwichStrategy(), {tx}).at(0));
    }
};

TEST_F(CaseReplayV2, AProfitableSandwichWithItsThreeOtherRuns) {
    const auto result = expect_the_same_from_a_file(sandwich());
    EXPECT_TRUE(says(result, R"("succeeded":true)")) << result;
    EXPECT_TRUE(says(result, R"("plainly_profitable":true)"));
    EXPECT_FALSE(says(result, R"("base_fee_up":null)"));
    EXPECT_TRUE(says(result, R"("competing_swap":null)")); // which leaves the victim no slack
}

TEST_F(CaseReplayV2, OneThatTheVictimsMinimumForbids) {
    auto request = sandwich();
    request.capital = request.capital + U256(1);
    std::get<sim::SimLegs>(request.steps[0])[0].amount_in = request.capital;
    const auto result = expect_the_same_from_a_file(request);
    EXPECT_TRUE(says(result, "Error: UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT")) << result;
}

TEST_F(CaseReplayV2, OneOnAStateThatMoved) {
    auto request = sandwich();
    request.claims = {{pair, U256(8), U256(1)}};
    EXPECT_TRUE(says(expect_the_same_from_a_file(request), R"("category":"state_mismatch")"));
}

TEST_F(CaseReplayV2, OneThatTakesTooLong) {
    const auto request = sandwich();
    settings.step_budget = 500;
    EXPECT_TRUE(says(expect_the_same_from_a_file(request), R"("category":"timeout")"));
}

TEST_F(CaseReplayV2, OneWithATokenThatNobodyCanSell) {
    const auto trap = market.chain.deploy("v2-periphery/build/ERC20", {ether(9'000'000)});
    const auto trap_pair =
        market.pair_of(market.factory, base, trap, ether(1000), ether(2'000'000));
    const auto tx = market.swap(victim, test::kExactIn, ether(20), U256(1), {base, trap});
    const auto request = test::Market::request(market.find(SandwichStrategy(), {tx}).at(0));
    market.make_honeypot(trap, trap_pair);
    const auto result = expect_the_same_from_a_file(request);
    EXPECT_TRUE(says(result, R"("category":"revert","step":2)")) << result;
}

TEST_F(CaseReplayV2, OneOnOldStateWithABribe) {
    auto request = sandwich();
    request.state_age_blocks = 3;
    request.bribe_bps = 9'000;
    const auto result = expect_the_same_from_a_file(request);
    EXPECT_TRUE(says(result, R"("stale_state":true)")) << result;
    EXPECT_TRUE(says(result, R"("plainly_profitable":false)"));
}

TEST_F(CaseReplayV2, ASlotOfThePairThatIsTakenOutOfTheFileIsMissed) {
    auto given = executed(sandwich());
    for (auto& account : given.what.state.accounts)
        if (account.address == pair)
            std::erase_if(account.slots, [](const auto& slot) { return slot.key == U256(8); });
    const auto again = sim::run_again(given, market.rules());
    ASSERT_EQ(again.missing.size(), 1U);
    EXPECT_EQ(again.missing[0].address, pair);
    EXPECT_EQ(again.missing[0].slot, U256(8));
    EXPECT_NE(again.result, given.what.result);
}

TEST_F(CaseReplay, AV3PoolAcrossTicksAndAPairOutOfLine) {
    const auto factory = market.chain.deploy(
        "v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory", {});
    const auto pool = test::output_address(market.chain.must(
        factory, "createPool(address,address,uint24)", {word_of(base), word_of(other), U256(500)}));
    market.chain.must(pool, "initialize(uint160)", {U256(1) << 96});
    for (const std::int32_t width : {20, 60, 200, 600, 6000, 60'000})
        market.chain.must(pool, "mint(address,int24,int24,uint128,bytes)",
                          {word_of(market.chain.trader), word_of(-width), word_of(width),
                           ether(20'000), U256(160), U256()});
    market.pair_of(market.factory, base, other, ether(10'000), ether(10'700));
    market.pools = PoolView(
        {.v2_fees = {},
         .v2_factories = {{market.factory,
                           eth::keccak256(test::creation_code("v2-core/build/UniswapV2Pair"))}},
         .v3_factories = {
             {factory, eth::keccak256(test::creation_code("v3-core/artifacts/contracts/"
                                                          "UniswapV3Pool.sol/UniswapV3Pool"))}}});
    auto trial = market.make_trial();
    market.pools.discover(trial.machine(), base, other);
    const auto found = market.find(ArbStrategy(), {});
    ASSERT_EQ(found.size(), 1U);
    auto request = test::Market::request(found[0]);
    request.partial_ticks = true;
    const auto result = expect_the_same_from_a_file(request);
    EXPECT_TRUE(says(result, R"("succeeded":true)")) << result;
    EXPECT_TRUE(says(result, R"("partial_ticks":true)"));
}

} // namespace
} // namespace viz::search
