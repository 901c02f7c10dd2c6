// The result of search: transactions in order, and the result of executing them.
#pragma once

#include <string_view>
#include <variant>

#include "components/search/touched_pools.hpp"
#include "components/search/trial.hpp"

namespace viz::search {

// A token that profit can be measured in, and its price: wei = units * numerator / denominator. The
// wrapped native token has 1/1.
struct BaseToken {
    eth::Address address;
    U256 wei_numerator{1};
    U256 wei_denominator{1};
    U256 capital; // the largest input, in the token's units
};

U256 in_wei(const U256& units, const BaseToken& base); // rounded down

// A swap of ours, or the index of a pending transaction among the candidate's members.
using Legs = std::vector<evm::SwapLeg>;
struct Member {
    std::size_t index{};
    friend bool operator==(const Member&, const Member&) = default;
};
using Step = std::variant<Legs, Member>;

// Reasons and warnings of a candidate's value. The texts are stable.
enum class Reason : std::uint8_t {
    victim_bound_found,     // exact: with one unit more the victim fails
    victim_bound_bracketed, // by trial: between a passing and a failing amount
    victim_without_bound,   // it succeeds even after our whole capital
    several_victims,
    pools_out_of_line,
    after_pending, // possible only after the pending transaction
    contiguous_nonces,
    execution_differs, // from the pools' formulas: a token with a transfer fee, or a hook
    partial_ticks,     // near the end of the V3 pool's ticks that were read
};
std::string_view to_string(Reason reason);

struct SlotUse {
    eth::Address address;
    U256 key;
    friend auto operator<=>(const SlotUse&, const SlotUse&) = default;
};

// The victim's swap of a sandwich, in the pool's terms.
struct SandwichTarget {
    Pool pool;
    bool zero_for_one{};
    amm::Victim victim;
    // Without a front-run.
    U256 undisturbed_in;
    U256 undisturbed_out;
};

struct Candidate {
    std::string_view strategy; // the strategy's version, see Strategy
    std::uint32_t version{};
    std::vector<Step> steps;
    std::vector<Pending> members;
    eth::Address base_token;
    U256 capital;  // input of our first swap, in the base token
    U256 expected; // profit in units of the base token before gas, as executed
    U256 computed; // the same by formula; equal unless `execution_differs`
    std::uint64_t own_gas{};
    U256 expected_net; // in wei at the environment's base fee, two's complement
    std::vector<Reason> reasons;
    std::vector<SlotUse> reads; // sorted; both from the execution
    std::vector<SlotUse> writes;
    std::optional<SandwichTarget> target; // for a sandwich with one victim

    bool has(Reason reason) const;
};

// One changes state that the other depends on, or both use the same pending transaction.
bool conflict(const Candidate& a, const Candidate& b);

// Runs the steps in order and fills the fields that depend on the execution: expected, own_gas,
// expected_net, sets. False when one of our steps or a member fails; then nothing is filled. The
// state is unchanged afterwards.
bool execute_candidate(Trial& trial, const BaseToken& base, Candidate& candidate);

// Orders by expected net profit, then strategy, members and capital, so that the order is the same
// on every machine. Drops candidates without profit and those beyond `most`.
std::vector<Candidate> ranked(std::vector<Candidate> candidates, std::size_t most);

} // namespace viz::search
