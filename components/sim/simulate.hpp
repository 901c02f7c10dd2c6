// A candidate executed: front-run, victims and back-run as transactions of the next block, through
// the pools' own code, by a searcher whose funds are put into the state. What it says of profit is
// what the execution left in the searcher's hands, or a reason why nothing can be said.
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

// A slot that the candidate was computed on, and the value it had.
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
    // Of the profit after gas, in hundredths of a percent, for the block's builder; not paid in the
    // execution, as nobody knows what the others bid.
    std::uint32_t bribe_bps{};
    bool partial_ticks{};             // the size was found on part of a V3 pool
    std::uint64_t state_age_blocks{}; // between the state and the newest head known
};

struct SimSettings {
    std::uint64_t step_budget{20'000'000}; // instructions of one run, see Robustness for how many
    std::uint64_t swap_gas_limit{3'000'000};
    std::uint64_t oldest_state{}; // in blocks; anything older is flagged
    bool robustness{true};
    eth::Address sender{{{0x5e, 0xa2, 0xc4, 0xe2, 1}}};
    eth::Address swapper{{{0x5e, 0xa2, 0xc4, 0xe2, 2}}};
    eth::Address rival{{{0x5e, 0xa2, 0xc4, 0xe2, 3}}};
    eth::Address rival_swapper{{{0x5e, 0xa2, 0xc4, 0xe2, 4}}};
};

struct SimFailure {
    FailCategory category{};
    std::optional<std::size_t> step;     // of the request
    std::optional<evm::Invalid> invalid; // the transaction could not be in the block
    evm::Status status{};
    std::optional<evm::Failure> first_failure; // the frame where it began, with the decoded reason
    std::string reason;                        // for people
};

// In wei. gross - pool_fees - gas - bribe = net, two's complement where there may be a loss.
struct Waterfall {
    U256 gross;     // with no fees of pools: trading result and what the pools kept of our swaps
    U256 pool_fees; // each in proportion to the base token that went in first or came out last
    U256 gas;       // of our transactions at the base fee
    U256 bribe;
    U256 net;
};

struct CandidateFlags {
    bool partial_ticks{};
    bool taxed_token{}; // a swap of ours did not move what the pool says it moved
    bool reads_prevrandao{};
    bool reads_coinbase{};
    bool stale_state{};
    bool any() const {
        return partial_ticks || taxed_token || reads_prevrandao || reads_coinbase || stale_state;
    }
    friend bool operator==(const CandidateFlags&, const CandidateFlags&) = default;
};

// The same under other circumstances: net in wei, or absent where it fails then.
struct Robustness {
    std::optional<U256> base_fee_up; // by an eighth, the most between two blocks (EIP-1559)
    std::optional<U256> other_coinbase;
    std::optional<U256> competing_swap; // half of our first swap made by another before us
    bool holds() const;                 // a profit in all three
};

struct StepOutcome {
    std::uint64_t gas_used{};
    eth::Wei coinbase_payment;
    std::vector<evm::Log> logs;
};

struct SimResult {
    std::optional<SimFailure> failure; // what is below is as far as it went
    U256 profit;                       // in units of the base token, before gas; two's complement
    Waterfall waterfall;
    std::uint64_t gas_used{}; // of all transactions
    std::uint64_t own_gas{};
    eth::Wei coinbase_payment;
    CandidateFlags flags;
    std::optional<Robustness> robustness;
    std::vector<StepOutcome> steps;

    bool succeeded() const { return !failure; }
    // Never true for a result that is flagged.
    bool plainly_profitable() const;
};

// On the overlay's state, which is as before afterwards. What the overlay's reader does not have is
// in overlay.missing(): then fetch it and run again (rounds.hpp); the result is a state_mismatch.
SimResult simulate(evm::Overlay& state, const evm::Rules& rules,
                   const evm::BlockEnvironment& next_block, const SimRequest& request,
                   const SimSettings& settings = {}, evm::RunGuard* guard = nullptr);

} // namespace viz::sim
