// Pending transactions made to blind a search: a victim that is found on a clean head is found
// beside a hundred of each kind.
#include "tests/conformance/search/hunt_bench.hpp"

#include "components/eth/hex.hpp"

namespace viz::search {
namespace {

using test::ether;

struct Bomb {
    const char* name;
    const char* code;
    state::RoundsEnd reason; // `complete`: it is observed like any other
};

void PrintTo(const Bomb& bomb, std::ostream* out) {
    *out << bomb.name;
}

class SearchBesideBombs : public test::HuntBench, public testing::WithParamInterface<Bomb> {
  protected:
    // A hundred senders' calls of the code; then a victim.
    void fill() {
        const auto code = eth::bytes_from_hex(GetParam().code).value();
        const auto at = market.chain.put_code(code);
        for (std::uint64_t i = 0; i < 100; ++i) {
            Pending bomb;
            bomb.hash = eth::Hash{{{0xb0, static_cast<std::uint8_t>(i)}}};
            bomb.sender = eth::Address{{{0xb0, static_cast<std::uint8_t>(i)}}};
            bomb.tx.type = eth::TxType::dynamic_fee;
            bomb.tx.chain_id = market.block.chain_id;
            bomb.tx.max_fee_per_gas = market.block.base_fee;
            bomb.tx.gas_limit = eth::Gas(16'700'000);
            bomb.tx.to = at;
            bomb.tx.data = {1, 2, 3, 4};
            market.chain.give_ether(bomb.sender, ether(100));
            hunt.add({bomb, 1, true});
        }
        const auto fair = *amm::v2_amount_out({ether(1000), ether(2'000'000), {}}, ether(20));
        victim_ = market.swap(market.trader(1), test::kExactIn, ether(20),
                              fair * U256(97) / U256(100), {base, other});
        hunt.add({victim_, 1, true});
    }
    Pending victim_;
};

TEST_P(SearchBesideBombs, FindsTheVictim) {
    fill();
    new_head(1);
    const auto found = hunt.on_head(world());
    ASSERT_EQ(found.rounds.end, state::RoundsEnd::complete) << to_string(found.rounds.end);
    ASSERT_EQ(found.candidates.size(), 1u);
    EXPECT_EQ(found.candidates[0].members.at(0).hash, victim_.hash);
    const bool observed = GetParam().reason == state::RoundsEnd::complete;
    EXPECT_EQ(found.set_aside.size(), observed ? 0u : 100u);
    for (const auto& call : found.set_aside) EXPECT_EQ(call.reason, GetParam().reason);
    new_head(2);
    const auto again = hunt.on_head(world());
    EXPECT_EQ(again.candidates.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, SearchBesideBombs,
    testing::Values(
        // NUMBER, and the slots from there on: 7,000 of them.
        Bomb{"SlotsFromNumber", "0x435b600101805450600156", state::RoundsEnd::too_much_missing},
        // A slot named by the hash of the last one's value and a counter: one more each run.
        Bomb{"AChainOfSlots", "0x435b805460005260206000209060010118600156",
             state::RoundsEnd::too_many_rounds},
        // EXTCODESIZE of ever another account.
        Bomb{"ManyAccounts", "0x435b600101803b50600156", state::RoundsEnd::too_much_missing},
        Bomb{"BurnsGas", "0x5b600056", state::RoundsEnd::too_many_steps},
        // As the first, but reverts before its gas is used up.
        Bomb{"Reverts", "0x435b600101805450620186a05a1160015760006000fd",
             state::RoundsEnd::too_much_missing}),
    [](const auto& tested) { return tested.param.name; });

} // namespace
} // namespace viz::search
