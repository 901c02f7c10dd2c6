// Pending transactions made to blind a search: a victim that is found on a clean head is found
// beside a hundred of each kind.
#include "tests/conformance/search/search_bench.hpp"

#include "components/eth/hex.hpp"

namespace viz::search {
namespace {

using test::ether;

struct Bomb {
    const char* name;
    const char* code;
    state::RoundsEnd reason;
    std::size_t set_aside{100}; // of a hundred
};

void PrintTo(const Bomb& bomb, std::ostream* out) {
    *out << bomb.name;
}

class SearchBesideBombs : public test::SearchBench, public testing::WithParamInterface<Bomb> {
  protected:
    // A hundred senders' calls of the code; then a victim.
    void fill() {
        const auto code = eth::bytes_from_hex(GetParam().code).value();
        const eth::Address at{{{0xb0, 0x3b}}};
        auto& state = market.chain.state();
        state.set_nonce(state.load(at), 1); // it exists
        state.set_code(state.load(at),
                       std::make_shared<const evm::Code>(code, eth::keccak256(code)));
        for (std::uint64_t i = 0; i < 100; ++i) {
            const eth::Address sender{{{0xb1, static_cast<std::uint8_t>(i)}}};
            state.set_balance(state.load(sender), ether(100));
            auto bomb = market.pending(sender, at, {1, 2, 3, 4});
            bomb.hash = eth::Hash{{{0xb0, static_cast<std::uint8_t>(i)}}};
            bomb.tx.gas_limit = eth::Gas(16'700'000);
            hunt.add({bomb, 1, true});
        }
        const auto fair = *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, ether(20));
        victim_ = market.swap(market.trader(1), test::kExactIn, ether(20),
                              fair * U256(97) / U256(100), {base, other});
        for (std::uint64_t i = 0; i < 100; ++i) {
            const auto n = U256(market.block.number + i);
            state.set_slot(state.slot(state.load(at), n), n + U256(1));
        }
        hunt.add({victim_, 1, true});
    }
    Pending victim_;
};

TEST_P(SearchBesideBombs, FindsTheVictim) {
    fill();
    new_head(1);
    const auto found = hunt.on_head(context());
    ASSERT_EQ(found.rounds.end, state::RoundsEnd::complete) << to_string(found.rounds.end);
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].members.at(0).hash, victim_.hash);
    EXPECT_EQ(found.set_aside.size(), GetParam().set_aside);
    for (const auto& call : found.set_aside) EXPECT_EQ(call.reason, GetParam().reason);
    EXPECT_EQ(found.missed, 0u) << "set aside for what they do themselves";
    new_head(2);
    const auto again = hunt.on_head(context());
    EXPECT_EQ(again.candidates.size(), 1u);
    EXPECT_EQ(again.missed, 0u);
}

using SearchInterrupted = test::SearchBench;
TEST_F(SearchInterrupted, WhatANodeKeptFromBeingObservedIsMissed) {
    const auto victim =
        market.swap(market.trader(1), test::kExactIn, ether(20), U256(1), {base, other});
    hunt.add({victim, 1, true});
    new_head(1);
    std::stop_source stopped;
    stopped.request_stop();
    evm::RunGuard guard(stopped.get_token());
    auto interrupted = context();
    interrupted.guard = &guard;
    const auto found = hunt.on_head(interrupted);
    EXPECT_EQ(found.observed, 0u);
    EXPECT_EQ(found.missed, 1u);
}

// What a pool did not have the time to say is no answer.
TEST_F(SearchInterrupted, RemembersNothingOfAPoolThatItCouldNotAsk) {
    new_head(1);
    evm::CodeCache codes;
    const auto whole = market.chain.snapshot();
    const test::MemoryState state(whole);
    evm::Overlay overlay(state, codes);
    evm::Machine machine(overlay, market.rules(), market.block);
    PoolView view(pools());
    std::stop_source stopped;
    stopped.request_stop();
    evm::RunGuard guard(stopped.get_token());
    machine.guard = &guard;
    EXPECT_EQ(view.pool(machine, evm::PoolKind::v2, pair), nullptr);
    EXPECT_TRUE(view.discover(machine, base, other).empty());
    machine.guard = nullptr;
    EXPECT_EQ(view.discover(machine, base, other).size(), 1u);
    EXPECT_NE(view.pool(machine, evm::PoolKind::v2, pair), nullptr);
}

class SearchBesideChains : public test::SearchBench {};

// The second call of a sender does nothing by itself, and reads 7,000 slots behind the first one.
TEST_F(SearchBesideChains, FindsTheVictimAndSetsTheChainsAside) {
    const auto code =
        eth::bytes_from_hex("0x600054600c576001600055005b435b600101805450600e56").value();
    auto& state = market.chain.state();
    for (std::uint8_t i = 0; i < 20; ++i) {
        const eth::Address at{{{0xb0, 0x3b, i}}};
        state.set_nonce(state.load(at), 1); // it exists
        state.set_code(state.load(at),
                       std::make_shared<const evm::Code>(code, eth::keccak256(code)));
        const eth::Address sender{{{0xb1, i}}};
        state.set_balance(state.load(sender), ether(100));
        for (std::uint8_t nonce = 0; nonce < 2; ++nonce) {
            auto call = market.pending(sender, at, {1, 2, 3, 4});
            call.hash = eth::Hash{{{0xb0, i, nonce}}};
            call.tx.nonce = nonce;
            call.tx.gas_limit = eth::Gas(16'700'000);
            hunt.add({call, 1, true});
        }
    }
    const auto fair = *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, ether(20));
    const auto victim = market.swap(market.trader(1), test::kExactIn, ether(20),
                                    fair * U256(97) / U256(100), {base, other});
    hunt.add({victim, 1, true});
    new_head(1);
    const auto found = hunt.on_head(context());
    ASSERT_EQ(found.rounds.end, state::RoundsEnd::complete) << to_string(found.rounds.end);
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].members.at(0).hash, victim.hash);
    EXPECT_EQ(found.set_aside.size(), 40u);
    // Set aside for longer each time: the next head has them not, or again.
    new_head(2);
    EXPECT_EQ(hunt.on_head(context()).candidates.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, SearchBesideBombs,
    testing::Values(
        // NUMBER, and the slots from there on: 7,000 of them.
        Bomb{"SlotsFromNumber", "0x435b600101805450600156", state::RoundsEnd::too_much_missing},
        // Reads slot n, where it says n + 1, and so on: one more each run.
        Bomb{"AChainOfSlots", "0x435b5480600157", state::RoundsEnd::too_many_rounds},
        // EXTCODESIZE of ever another account.
        Bomb{"ManyAccounts", "0x435b600101803b50600156", state::RoundsEnd::too_much_missing},
        // Eight may take long on a head.
        Bomb{"BurnsGas", "0x5b600056", state::RoundsEnd::too_many_steps, 92},
        // As the first, but reverts before its gas is used up.
        Bomb{"Reverts", "0x435b6001018054505a620186a01060015760006000fd",
             state::RoundsEnd::too_much_missing}),
    [](const auto& tested) { return tested.param.name; });

} // namespace
} // namespace viz::search
