// Executes a candidate: front-run, victims and back-run as transactions of the next block, through
// the pools' own code, by a searcher whose funds are added to the state. The profit is the
// searcher's executed balance change; otherwise the result has a reason.
#pragma once

#include <array>
#include <variant>

#include "components/evm/run_guard.hpp"
#include "components/evm/swapper.hpp"
#include "components/evm/transaction.hpp"
#include "components/sim/fail_category.hpp"
#include "components/state/head_state.hpp"

namespace viz::sim {

using eth::U256;

struct SimMember {
    eth::Hash hash;
    eth::Address sender;
    eth::Transaction tx;
};
using SimLegs = std::vector<evm::SwapLeg>; // one transaction of the searcher
using SimStep = std::variant<SimLegs, SimMember>;

// A slot that the candidate was computed on, with its value.
struct SlotClaim {
    eth::Address address;
    U256 key;
    U256 value;
};

struct SimRequest {
    std::vector<SimStep> steps;
    eth::Address base_token;
    U256 capital; // of the base token, given to the searcher
    // Wei for units of the base token, as numerator / denominator; the latter is not zero.
    U256 wei_numerator{1};
    U256 wei_denominator{1};
    std::vector<SlotClaim> claims;
    // The builder's share of the profit after gas, in hundredths of a percent; not paid in the
    // execution, because competing bids are unknown.
    std::uint32_t bribe_bps{};
    bool partial_ticks{};             // the size was computed on part of a V3 pool
    std::uint64_t state_age_blocks{}; // between the state and the newest known head
};

struct SimSettings {
    std::uint64_t step_budget{20'000'000}; // instructions of one run, see Robustness for how many
    std::uint64_t swap_gas_limit{3'000'000};
    std::uint64_t oldest_state{}; // in blocks; older state is flagged
    bool robustness{true};
    eth::Address sender{{{0x5e, 0xa2, 0xc4, 0xe2, 1}}};
    eth::Address swapper{{{0x5e, 0xa2, 0xc4, 0xe2, 2}}};
    eth::Address rival{{{0x5e, 0xa2, 0xc4, 0xe2, 3}}};
    eth::Address rival_swapper{{{0x5e, 0xa2, 0xc4, 0xe2, 4}}};
};

struct SimFailure {
    FailCategory category{};
    std::optional<std::size_t> step;     // of the request
    std::optional<evm::Invalid> invalid; // the transaction is invalid in the block
    evm::Status status{};
    std::optional<evm::Failure>
        first_failure;  // the frame that failed first, with the decoded reason
    std::string reason; // for people
};

// In wei. gross - pool_fees - gas - bribe = net, two's complement where there may be a loss.
struct Waterfall {
    U256 gross;     // before pool fees: trading result plus the fees of our swaps
    U256 pool_fees; // in proportion to the base token paid first or received last
    U256 gas;       // of our transactions at the base fee
    U256 bribe;
    U256 net;
};

struct CandidateFlags {
    bool partial_ticks{};
    bool taxed_token{}; // the moved amount differs from the pool's event
    bool reads_prevrandao{};
    bool reads_coinbase{};
    bool stale_state{};
    bool any() const {
        return partial_ticks || taxed_token || reads_prevrandao || reads_coinbase || stale_state;
    }
    friend bool operator==(const CandidateFlags&, const CandidateFlags&) = default;
};

// Net profit in wei under other conditions; absent when the candidate then fails.
struct Robustness {
    std::optional<U256> base_fee_up; // by an eighth, the most between two blocks (EIP-1559)
    std::optional<U256> other_coinbase;
    std::optional<U256> competing_swap; // another searcher makes half of our first swap before us
    bool holds() const;                 // profitable in all three
};

struct StepOutcome {
    std::uint64_t gas_used{};
    eth::Wei coinbase_payment;
    std::vector<evm::Log> logs;
};

struct SimResult {
    std::optional<SimFailure> failure; // the fields below are partial then
    U256 profit;                       // in units of the base token, before gas; two's complement
    Waterfall waterfall;
    std::uint64_t gas_used{}; // of all transactions
    std::uint64_t own_gas{};
    eth::Wei coinbase_payment;
    CandidateFlags flags;
    std::optional<Robustness> robustness;
    std::vector<StepOutcome> steps;

    bool succeeded() const { return !failure; }
    // Never true for a flagged result.
    bool plainly_profitable() const;
};

// Runs on the overlay's state and restores it. Missing state is listed in overlay.missing(), and
// the result is then a state_mismatch: fetch it and run again (rounds.hpp).
SimResult simulate(evm::Overlay& state, const evm::Rules& rules,
                   const evm::BlockEnvironment& next_block, const SimRequest& request,
                   const SimSettings& settings = {}, evm::RunGuard* guard = nullptr);

} // namespace viz::sim
