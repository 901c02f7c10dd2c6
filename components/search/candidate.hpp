// What search hands on: transactions in order, and what an execution of them gave.
#pragma once

#include <string_view>
#include <variant>

#include "components/search/touched_pools.hpp"
#include "components/search/trial.hpp"

namespace viz::search {

// What may be a profit's unit, and what it is worth: wei = units * numerator / denominator. The
// wrapped native token has 1/1.
struct BaseToken {
    eth::Address address;
    U256 wei_numerator{1};
    U256 wei_denominator{1};
    U256 capital; // the most to be put in, in the token's units
};

U256 in_wei(const U256& units, const BaseToken& base); // rounded down

// A swap of our own, or the pending transaction at that place among the candidate's.
using Legs = std::vector<evm::SwapLeg>;
struct Member {
    std::size_t index{};
    friend bool operator==(const Member&, const Member&) = default;
};
using Step = std::variant<Legs, Member>;

// Why a candidate is worth what it is. The texts are stable.
enum class Reason : std::uint8_t {
    victim_bound_found,     // exactly: with one unit more the victim fails
    victim_bound_bracketed, // by trial: between what passes and what does not
    victim_without_bound,   // it passes with all our capital before it
    several_victims,
    pools_out_of_line,
    after_pending, // it is there only once the pending transaction has run
    contiguous_nonces,
    execution_differs, // from the pools' mathematics: a token that takes its share, or a hook
    partial_ticks,     // it comes near the end of the window of ticks that was read of a V3 pool
};
std::string_view to_string(Reason reason);

struct SlotUse {
    eth::Address address;
    U256 key;
    friend auto operator<=>(const SlotUse&, const SlotUse&) = default;
};

// The one swap that a sandwich is around, in the pool's terms.
struct SandwichTarget {
    Pool pool;
    bool zero_for_one{};
    amm::Victim victim;
    // With nothing before it.
    U256 undisturbed_in;
    U256 undisturbed_out;
};

struct Candidate {
    std::string_view strategy; // of the strategy's own, see Strategy
    std::uint32_t version{};
    std::vector<Step> steps;
    std::vector<Pending> members;
    eth::Address base_token;
    U256 capital;  // of the base token, that our first swap takes
    U256 expected; // profit in units of the base token before gas, as executed
    U256 computed; // the same by mathematics alone; equal unless `execution_differs`
    std::uint64_t own_gas{};
    U256 expected_net; // in wei at the environment's base fee, two's complement
    std::vector<Reason> reasons;
    std::vector<SlotUse> reads; // sorted; both as of the execution
    std::vector<SlotUse> writes;
    std::optional<SandwichTarget> target; // of a sandwich with one victim

    bool has(Reason reason) const;
};

// One of them moves what the other one stands on, or both use the same pending transaction.
bool conflict(const Candidate& a, const Candidate& b);

// Runs the steps in order and fills what depends on it: expected, own_gas, expected_net, sets.
// False, where a step of ours or a member fails; then nothing is filled. The state is as before.
bool execute_candidate(Trial& trial, const BaseToken& base, Candidate& candidate);

// By expected net profit; equal ones by strategy, members and capital, so that the order is the
// same on every machine. Candidates without profit and those beyond `most` are left out.
std::vector<Candidate> ranked(std::vector<Candidate> candidates, std::size_t most);

} // namespace viz::search
