// A chain's search as it goes on, over Uniswap's contracts: what a new transaction makes possible
// is found at once, once, and with what it exposes its sender to.
#include <set>

#include "components/eth/u256_math.hpp"
#include "components/search/candidate_message.hpp"
#include "components/sim/candidate.hpp"
#include "tests/conformance/search/search_bench.hpp"

namespace viz::search {
namespace {

using test::ether;

class ChainSearchTest : public test::SearchBench {
  protected:
    U256 quote(const U256& amount) {
        return *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, amount);
    }
    Pending victim_swap(std::uint8_t trader, std::uint64_t percent_of_fair) {
        const auto minimum = quote(ether(20)) * U256(percent_of_fair) / U256(100);
        return market.swap(market.trader(trader), test::kExactIn, ether(20), minimum,
                           {base, other});
    }
};

TEST_F(ChainSearchTest, ANewTransactionIsFoundOnceAndAgainOnTheNextHead) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    const auto found = add(tx);
    ASSERT_EQ(found.rounds.end, state::RoundsEnd::complete);
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].strategy, "sandwich");
    EXPECT_EQ(found.moved_pools, 1u);
    EXPECT_TRUE(hunt.on_transaction(context(), tx.hash).candidates.empty());
    new_head(2);
    EXPECT_EQ(hunt.on_head(context()).candidates.size(), 1u);
}

TEST_F(ChainSearchTest, OnAHeadTheNewestAreSearchedAndTheOthersCounted) {
    config.limits.pending = 1;
    hunt = ChainSearch{config};
    const auto older = victim_swap(1, 97);
    const auto newer = victim_swap(2, 97);
    for (const auto& tx : {older, newer}) hunt.add({tx, 1, true});
    new_head(1);
    const auto found = hunt.on_head(context());
    EXPECT_EQ(found.left_out, 1u);
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].members.at(0).hash, newer.hash);
}

TEST_F(ChainSearchTest, WhatItHandsOnSimulatesToTheSameProfit) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    const auto found = add(tx);
    ASSERT_EQ(found.candidates.size(), 1u);
    const auto& candidate = found.candidates[0];
    const auto message =
        message_of(candidate, hunt.base_of(candidate),
                   {market.block.chain_id, context().head.block, market.block.base_fee, {}}, 0, 1);
    const auto request = sim::request_of(message);
    ASSERT_TRUE(request);
    const auto w = context();
    const auto run = sim::simulate_candidate(*w.head.state, w.codes, w.source, market.rules(),
                                             market.block, *request, {});
    ASSERT_TRUE(run.result.succeeded()) << run.result.failure->reason;
    EXPECT_EQ(run.result.profit, candidate.expected);
    EXPECT_EQ(run.result.waterfall.net, candidate.expected_net);
}

TEST_F(ChainSearchTest, ASecondVictimOfThePoolIsFoundTogetherWithTheFirst) {
    const auto first = victim_swap(1, 97);
    const auto second = victim_swap(2, 90);
    new_head(1);
    add(first);
    const auto found = add(second);
    // Its own sandwich, and one of both; the first sandwich is not found again.
    ASSERT_EQ(found.candidates.size(), 2u);
    EXPECT_EQ(std::max(found.candidates[0].members.size(), found.candidates[1].members.size()), 2u);
}

TEST_F(ChainSearchTest, OfManyVictimsTheEightThatSwapMostAreTakenTogether) {
    new_head(1);
    std::vector<Pending> all;
    for (std::uint8_t i = 1; i <= 9; ++i)
        all.push_back(market.swap(market.trader(i), test::kExactIn, ether(i == 5 ? 2 : 20), U256(1),
                                  {base, other}));
    new_head(2);
    SearchResult last;
    for (const auto& tx : all) last = add(tx);
    ASSERT_EQ(last.rounds.end, state::RoundsEnd::complete);
    std::vector<eth::Hash> together;
    for (const auto& candidate : last.candidates)
        if (candidate.members.size() > together.size()) {
            together.clear();
            for (const auto& member : candidate.members) together.push_back(member.hash);
        }
    std::vector<eth::Hash> expected;
    for (const auto& tx : all)
        if (tx.hash != all[4].hash) expected.push_back(tx.hash);
    EXPECT_EQ(together, expected) << "in the order in which they came, without the smallest";
}

TEST_F(ChainSearchTest, WhatIsFoundOneByOneIsWhatIsFoundAtOnce) {
    std::vector<Pending> all;
    for (std::uint8_t i = 1; i <= 4; ++i) all.push_back(victim_swap(i, 90 + i));
    new_head(1);
    std::set<eth::Hash> one_by_one;
    for (const auto& tx : all)
        for (const auto& candidate : add(tx).candidates)
            if (candidate.members.size() == 1)
                one_by_one.insert(candidate_id(candidate, context().head.block));
    ASSERT_EQ(one_by_one.size(), all.size());
    ChainSearch fresh(config);
    for (const auto& tx : all) fresh.add({.pending = tx, .first_seen_mono_ns = 1, .wanted = true});
    std::set<eth::Hash> at_once;
    for (const auto& candidate : fresh.on_head(context()).candidates)
        if (candidate.members.size() == 1)
            at_once.insert(candidate_id(candidate, context().head.block));
    EXPECT_EQ(one_by_one, at_once);
}

// A second factory's pair of the same tokens, at another price: a way around once it is known.
class AnnouncedPool : public ChainSearchTest {
  protected:
    AnnouncedPool() {
        const amm::PoolFactory known{
            rival, eth::keccak256(test::creation_code("v2-core/build/UniswapV2Pair"))};
        config.market.pools.v2_factories = {known};
        hunt = ChainSearch(config);
    }
    state::TakenBlock block(std::uint8_t name, std::uint8_t parent) const {
        state::TakenBlock taken{.block = {}, .end = state::AdvanceEnd::advanced, .result = {}};
        taken.block.ref.hash = {{{name}}};
        taken.block.parent_hash = {{{parent}}};
        return taken;
    }
    // As the factory makes and announces it.
    evm::TransactionResult make_pair() {
        auto& chain = market.chain;
        const auto made = chain.must(rival, "createPair(address,address)",
                                     {test::word_of(base), test::word_of(other)});
        const auto at = test::output_address(made);
        chain.must(base, "transfer(address,uint256)", {test::word_of(at), ether(1000)});
        chain.must(other, "transfer(address,uint256)", {test::word_of(at), ether(2'000'000)});
        chain.must(at, "sync()", {});
        return made;
    }
    bool finds_a_way_around(const Pending& tx) {
        const auto found = add(tx);
        EXPECT_EQ(found.rounds.end, state::RoundsEnd::complete);
        return std::ranges::any_of(found.candidates,
                                   [](const Candidate& c) { return c.strategy == "backrun"; });
    }

    eth::Address rival{market.chain.deploy("v2-core/build/UniswapV2Factory", {U256()})};
};

TEST_F(AnnouncedPool, IsAmongThoseOfItsTokensFromThenOn) {
    const auto tx = victim_swap(1, 97);
    const auto later = victim_swap(2, 97);
    new_head(1);
    hunt.take(block(1, 0));
    ASSERT_FALSE(finds_a_way_around(tx)) << "and that there is no such pool is remembered";
    auto next = block(2, 1);
    next.result.results.push_back(make_pair());
    new_head(2);
    hunt.take(next);
    EXPECT_TRUE(finds_a_way_around(later));
}

TEST_F(AnnouncedPool, IsAskedForAgainWhereABlockWasNotSeen) {
    const auto tx = victim_swap(1, 97);
    const auto later = victim_swap(2, 97);
    new_head(1);
    hunt.take(block(1, 0));
    ASSERT_FALSE(finds_a_way_around(tx));
    make_pair();
    new_head(3);
    hunt.take(block(3, 2));
    EXPECT_TRUE(finds_a_way_around(later));
}

TEST_F(ChainSearchTest, WhatAReorgTakesOutOfTheChainIsSearchedAgain) {
    const auto block = [](std::uint8_t name, std::uint8_t parent, std::vector<Pending> had) {
        state::TakenBlock taken{.block = {}, .end = state::AdvanceEnd::advanced, .result = {}};
        taken.block.ref.hash = {{{name}}};
        taken.block.parent_hash = {{{parent}}};
        for (auto& each : had) {
            taken.block.senders.push_back(each.sender);
            taken.block.transactions.push_back(std::move(each.tx));
        }
        return taken;
    };
    const auto lost = victim_swap(1, 97);
    const auto mined_again = victim_swap(2, 96);
    new_head(1);
    hunt.take(block(1, 0, {}));
    add(lost);
    add(mined_again);
    hunt.take(block(2, 1, {lost}));
    hunt.take(block(3, 2, {mined_again}));
    EXPECT_EQ(hunt.mempool().size(), 0u);

    hunt.take(block(4, 1, {mined_again}));
    new_head(4);
    const auto found = hunt.on_head(context());
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].members.at(0).hash, lost.hash);
}

TEST_F(ChainSearchTest, AnUnwantedCallIsRunOnlyBeforeItsSendersOwn) {
    const auto trader = market.trader(1);
    const auto allowance =
        test::calldata("approve(address,uint256)", {test::word_of(market.router), U256(1)});
    auto approve = market.pending(trader, base, allowance);
    auto tx = victim_swap(2, 97);
    new_head(1);
    EXPECT_EQ(add(approve, false).observed, 1u);
    EXPECT_EQ(add(tx).observed, 1u) << "another sender's";
    hunt.settle(trader, approve.tx.nonce);
    EXPECT_EQ(hunt.mempool().size(), 1u);
    new_head(2);
    EXPECT_EQ(hunt.on_head(context()).observed, 1u);
}

TEST_F(ChainSearchTest, AMarketThatIsAdoptedIsSearchedForWhatWaitsAlready) {
    hunt = ChainSearch{{.market = {}, .limits = {}, .rounds = {.rounds = 64}}};
    EXPECT_TRUE(hunt.idle());
    const auto waits = victim_swap(1, 97);
    const auto comes = victim_swap(2, 90);
    new_head(1);
    EXPECT_TRUE(add(waits).candidates.empty());
    hunt.adopt({.bases = {{base, 1, 1, ether(100'000)}}, .pools = {}});
    EXPECT_FALSE(hunt.idle());
    EXPECT_TRUE(hunt.exposures(context()).empty()) << "nothing that the search before found";
    // What comes meets what waits at once; a head brings all.
    EXPECT_FALSE(add(comes).candidates.empty());
    new_head(2);
    EXPECT_GE(hunt.on_head(context()).candidates.size(), 2u);
}

// Both ask for the other pool, in one round, of a state that does not have it yet.
TEST_F(ChainSearchTest, APoolThatTwoSwapsAskForBeforeItIsFetchedIsNotTakenForNone) {
    const auto code = eth::keccak256(test::creation_code("v2-core/build/UniswapV2Pair"));
    const auto rival = market.chain.deploy("v2-core/build/UniswapV2Factory", {U256()});
    market.pair_of(rival, base, other, ether(1000), ether(2'000'000));
    hunt.adopt({.bases = {{base, 1, 1, ether(100'000)}},
                .pools = {.v2_fees = {},
                          .v2_factories = {{market.factory, code}, {rival, code}},
                          .v3_factories = {}}});
    for (std::uint8_t trader = 1; trader <= 2; ++trader) {
        const auto tx = victim_swap(trader, 100);
        hunt.add({.pending = tx, .first_seen_mono_ns = trader, .wanted = true});
    }
    new_head(1);
    const auto found = hunt.on_head(context());
    ASSERT_EQ(found.rounds.end, state::RoundsEnd::complete);
    EXPECT_EQ(std::ranges::count(found.candidates, "backrun", &Candidate::strategy), 2);
}

TEST_F(ChainSearchTest, PoolsThatAreKnownStayWithTheFeesOfWhatIsAdopted) {
    auto trial = market.make_trial();
    PoolView pools;
    ASSERT_TRUE(pools.pool(trial.machine(), evm::PoolKind::v2, pair));
    EXPECT_EQ(pools.of(base).at(0)->v2_fee, amm::V2Fee{});
    const amm::V2Fee quarter{9975, 10'000};
    pools.adopt({.v2_fees = {{market.factory, quarter}}});
    ASSERT_EQ(pools.between(base, other).size(), 1u);
    EXPECT_EQ(pools.between(base, other)[0]->v2_fee, quarter);
    EXPECT_EQ(pools.read(trial.state(), *pools.of(base).at(0)).v2.fee, quarter);
    pools.adopt({});
    EXPECT_EQ(pools.of(other).at(0)->v2_fee, amm::V2Fee{}) << "as of a factory that is unknown";
}

TEST_F(ChainSearchTest, AReplacedVictimIsNoLongerSearched) {
    auto tx = victim_swap(1, 97);
    new_head(1);
    add(tx);
    auto replacement = market.pending(tx.sender, market.router, {1, 2, 3, 4});
    hunt.add({.pending = replacement, .wanted = true});
    new_head(2);
    EXPECT_TRUE(hunt.on_head(context()).candidates.empty());
}

TEST_F(ChainSearchTest, WhatIsForgottenIsSearchedOnlyWhenItComesAgain) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    add(tx);
    hunt.forget(tx.hash);
    EXPECT_EQ(hunt.mempool().size(), 0u);
    new_head(2);
    EXPECT_TRUE(hunt.on_head(context()).candidates.empty());
    EXPECT_EQ(add(tx).candidates.size(), 1u);
}

TEST_F(ChainSearchTest, WhatASwapCanLoseIsExactAndItsProtectingMinimumProtects) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    const auto found = add(tx);
    ASSERT_EQ(found.candidates.size(), 1u);
    const auto exposures = hunt.exposures(context());
    ASSERT_EQ(exposures.size(), 1u);
    const auto& exposed = exposures[0];
    EXPECT_EQ(exposed.hash, tx.hash);
    EXPECT_EQ(exposed.pool, pair);
    EXPECT_EQ(exposed.amount_out, quote(ether(20)));
    // The best sandwich leaves the victim its minimum, but for the last wei of rounding.
    const auto minimum = quote(ether(20)) * U256(97) / U256(100);
    EXPECT_GE(exposed.least_out, minimum);
    EXPECT_LT(exposed.least_out - minimum, ether(1) / U256(1'000));
    EXPECT_EQ(exposed.loss(), exposed.amount_out - exposed.least_out);
    EXPECT_EQ(exposed.attacker_net, found.candidates[0].expected_net);
    ASSERT_TRUE(exposed.protecting_out);
    EXPECT_GT(*exposed.protecting_out, minimum);

    const auto with_minimum = [&](std::uint8_t trader, const U256& least) {
        return market.swap(market.trader(trader), test::kExactIn, ether(20), least, {base, other});
    };
    const auto safe = with_minimum(3, *exposed.protecting_out);
    const auto loss = exposed.loss();
    const auto unsafe = with_minimum(4, *exposed.protecting_out - loss / U256(100'000));
    new_head(2);
    hunt.settle(tx.sender, tx.tx.nonce);
    EXPECT_TRUE(add(safe).candidates.empty());
    const auto none = hunt.exposures(context());
    ASSERT_EQ(none.size(), 1u);
    EXPECT_EQ(none[0].loss(), U256());
    EXPECT_FALSE(none[0].protecting_out);
    hunt.settle(safe.sender, safe.tx.nonce);
    EXPECT_FALSE(add(unsafe).candidates.empty());
}

TEST_F(ChainSearchTest, AStateThatCannotBeHadFindsNothingAndIsTriedAgain) {
    const auto tx = victim_swap(1, 97);
    new_head(1);
    test::MemoryState nothing;
    test::MemorySource away(nothing);
    away.available = false;
    auto w = context();
    hunt.add({.pending = tx, .wanted = true});
    const auto failed = hunt.on_transaction({w.head, w.codes, away}, tx.hash);
    EXPECT_EQ(failed.rounds.end, state::RoundsEnd::state_not_found);
    EXPECT_TRUE(failed.candidates.empty());
    EXPECT_EQ(away.planned, std::vector{tx.sender}) << "it was said which call misses something";
    EXPECT_TRUE(hunt.exposures(w).empty());
}

} // namespace
} // namespace viz::search
