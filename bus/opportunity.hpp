// Results of search, simulation and building: the messages of the streams `candidate` and
// `simulated`, and the related events. Part of bus/messages.hpp.
//
//  Amounts are 256-bit integers: wei where the name says so, otherwise units of the named token.
//  Amounts marked signed are two's complement, since a profit may be a loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "components/eth/transaction.hpp"
#include "components/eth/types.hpp"

namespace viz::bus {

// ---------------------------------------------------------------- stream `candidate`

// A searcher's swap in a pool.
struct PoolLeg {
    bool v3{}; // concentrated liquidity; otherwise constant product
    eth::Address pool;
    eth::Address token_in;
    eth::Address token_out;
    bool zero_for_one{};
    std::uint16_t fee_numerator{997}; // of constant product: the part of the input that is swapped
    std::uint16_t fee_denominator{1000};
    eth::Wei amount_in; // all ones: the searcher's whole balance of the token at that point
    friend bool operator==(const PoolLeg&, const PoolLeg&) = default;
};

struct CandidateMember {
    eth::Hash hash;
    eth::Address sender;
    eth::Bytes raw; // canonical EIP-2718 bytes
    friend bool operator==(const CandidateMember&, const CandidateMember&) = default;
};

// One transaction of the candidate: a pending one, by its index among the members, or a transaction
// of the searcher.
struct CandidateStep {
    std::optional<std::uint32_t> member;
    std::vector<PoolLeg> legs;
    friend bool operator==(const CandidateStep&, const CandidateStep&) = default;
};

struct SlotUse {
    eth::Address address;
    eth::Wei key;
    friend auto operator<=>(const SlotUse&, const SlotUse&) = default;
};

// Transactions in order, with the result of their execution by search.
struct Candidate {
    eth::ChainId chain_id;
    eth::Hash candidate_id;        // keccak256 of the opportunity and its block
    eth::BlockNumber block_number; // of the state it was found on
    eth::Hash block_hash;
    std::string strategy; // "sandwich", "backrun", "arb", "bundle"
    std::uint32_t strategy_version{};
    std::vector<CandidateMember> members;
    std::vector<CandidateStep> steps;
    eth::Address base_token;
    eth::Wei capital;         // of the base token
    eth::Wei wei_numerator;   // wei = units of the base token * numerator / denominator
    eth::Wei wei_denominator; // not zero
    eth::Wei expected;        // of the base token, before gas
    eth::Wei expected_net;    // wei after gas at the next base fee, signed
    std::uint32_t score{};    // 0-100
    bool partial_ticks{};     // sized on part of a V3 pool's ticks
    std::vector<SlotUse> reads;
    std::vector<SlotUse> writes;
    eth::UnixMs detected_unix_ms;
    eth::MonoNs first_seen_mono_ns; // of the member seen last; 0 without members
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

// ---------------------------------------------------------------- events of simulation

// A transaction or candidate was submitted to simulation on the state of that block.
struct SimDispatched {
    std::optional<eth::Hash> hash;         // std::nullopt for an arbitrage
    eth::Hash sim_id;                      // identifies this execution: subject and block
    std::optional<eth::Hash> candidate_id; // std::nullopt: a single transaction
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    friend bool operator==(const SimDispatched&, const SimDispatched&) = default;
};

// The searcher's result of an executed candidate. In wei: gross - pool_fees - gas - bribe = net.
struct SimProfit {
    eth::Wei profit; // units of the base token before gas, signed
    eth::Address base_token;
    eth::Wei gross; // signed
    eth::Wei pool_fees;
    eth::Wei gas;
    eth::Wei bribe;
    eth::Wei net; // signed
    eth::Gas own_gas;
    bool plain{}; // a profit without flags
    // The net profit under other conditions, signed; std::nullopt where the candidate fails under
    // them.
    std::optional<eth::Wei> net_base_fee_up;
    std::optional<eth::Wei> net_other_coinbase;
    std::optional<eth::Wei> net_competing_swap;
    friend bool operator==(const SimProfit&, const SimProfit&) = default;
};

// The result of a simulation. A single transaction that reverts was simulated successfully; it is
// `failed` with its category, as it would be on chain.
struct SimCompleted {
    std::optional<eth::Hash> hash;
    eth::Hash sim_id;
    std::optional<eth::Hash> candidate_id;
    bool success{};
    std::string fail_category; // "revert", "out_of_gas", …; empty on success
    std::string revert_reason; // human-readable; empty when there is none
    eth::Gas gas_used;
    eth::Wei coinbase_payment; // tips and transfers to the builder
    std::uint32_t log_count{};
    eth::BlockNumber block_number; // of the state
    eth::Hash block_hash;
    std::int64_t state_age_ms{}; // from that block's arrival to the result
    std::int64_t duration_us{};
    std::uint32_t rounds{};          // executions until no state was missing
    std::vector<std::string> flags;  // why the outcome may differ: "reads_coinbase", …
    std::optional<SimProfit> profit; // of a candidate that executed completely
    friend bool operator==(const SimCompleted&, const SimCompleted&) = default;
};

// ---------------------------------------------------------------- stream `simulated`

struct Simulated {
    eth::ChainId chain_id;
    Candidate candidate;
    SimCompleted completed;
    friend bool operator==(const Simulated&, const Simulated&) = default;
};

// ---------------------------------------------------------------- events of search and building

// A candidate was sent to simulation.
struct CandidateQueued {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash candidate_id;
    std::string strategy;
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    eth::Wei expected_net; // wei, signed
    friend bool operator==(const CandidateQueued&, const CandidateQueued&) = default;
};

struct OppDetected {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash candidate_id;
    std::string strategy;
    std::string strategy_version;
    std::string scorer_version;
    std::string feature_engine_version; // of the label below; empty when there is none
    std::uint32_t score{};
    std::string protocol; // label of the last member
    std::string category;
    std::vector<std::string> reasons;
    std::vector<eth::Hash> member_hashes;
    eth::Address base_token;
    eth::Wei capital;
    eth::Wei expected;     // of the base token, before gas
    eth::Wei expected_net; // wei, signed
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    eth::UnixMs detected_unix_ms;
    friend bool operator==(const OppDetected&, const OppDetected&) = default;
};

// The builder's decision on a simulated candidate for the next block.
struct AssemblyDecisionApplied {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash candidate_id;
    eth::Hash sim_id;
    std::string decision; // "included", "displaced", "rejected"
    std::string reason;
    eth::BlockNumber target_block;
    std::uint32_t position{}; // index in the block template, from 0; when "included"
    eth::Wei net;             // wei, signed
    eth::Gas gas_used;
    std::optional<eth::Hash> in_favour_of; // the candidate that it conflicts with
    friend bool operator==(const AssemblyDecisionApplied&,
                           const AssemblyDecisionApplied&) = default;
};

struct RelayAttempt {
    std::uint32_t attempt{};     // from 1
    std::string endpoint;        // without credentials, path keys or query
    std::uint32_t http_status{}; // 0: no answer
    std::string error;
    std::int64_t latency_ms{};
    std::int64_t backoff_ms{}; // delay before the next attempt
    friend bool operator==(const RelayAttempt&, const RelayAttempt&) = default;
};

// A bundle was sent to a relay for simulation only, never for inclusion.
struct BundleSubmitted {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash bundle_id;
    std::vector<eth::Hash> candidate_ids;
    std::vector<eth::Hash> tx_hashes;        // of its pending transactions, in order
    std::vector<eth::Hash> reverting_hashes; // may revert
    std::vector<eth::Hash> dropping_hashes;  // may be left out
    std::string replacement_uuid;
    std::uint32_t refund_percent{};
    std::optional<eth::Address> refund_recipient;
    eth::BlockNumber target_block;
    eth::BlockNumber max_block; // the last block it is valid for
    std::string relay_url;
    std::string method; // JSON-RPC method
    bool accepted{};
    std::string final_state; // "accepted", "rejected", "unreachable", "circuit_open"
    std::vector<RelayAttempt> attempts;
    eth::UnixMs started_unix_ms;
    eth::UnixMs finished_unix_ms;
    friend bool operator==(const BundleSubmitted&, const BundleSubmitted&) = default;
};

// ---------------------------------------------------------------- records

// The final outcome of an opportunity.
struct OppOutcome {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash candidate_id;
    // "untaken", "victim_replaced", "victim_dropped", "moved_first", "base_fee_rose", "taken",
    // "expired", "reorged", "unexamined"
    std::string outcome;
    std::optional<eth::Hash> by; // the transaction that caused it
    std::optional<SlotUse> slot; // the storage slot it changed
    std::optional<eth::Wei>
        coinbase_payment;          // wei paid by the transaction that took the opportunity
    eth::BlockNumber block_number; // where it was determined
    eth::Hash block_hash;
    // Lifecycle's reason, for a replaced or dropped victim; "restarted" or "too_many_open" for an
    // unexamined opportunity that was no longer tracked; empty otherwise.
    std::string reason;
    friend bool operator==(const OppOutcome&, const OppOutcome&) = default;
};

// A simulated transaction was mined: compares the simulation with the chain's result.
struct SimParity {
    eth::Hash hash;
    std::string result;  // "match", "mismatch", "unchecked"
    std::string differs; // which fields differ; empty otherwise
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    friend bool operator==(const SimParity&, const SimParity&) = default;
};

// The maximum loss of a pending swap to a sandwich, on the state of that block. Its output is in
// units of token_out, its input in units of token_in.
struct Exposure {
    eth::Hash hash;
    eth::Address pool;
    eth::Address token_out;
    eth::Wei amount_out; // without preceding transactions
    eth::Wei least_out; // after the best sandwich's front-run; equals amount_out when there is none
    eth::Wei loss;      // difference of the amounts out; of the amounts in when pays_more
    // The smallest minimum output at which no sandwich covers its gas; std::nullopt where none is
    // needed or with pays_more.
    std::optional<eth::Wei> protecting_out;
    eth::Wei attacker_net;                 // wei, signed: of the best sandwich, after gas
    std::optional<eth::Hash> candidate_id; // std::nullopt when it is not a detected opportunity
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    // A swap with exact output: the output is fixed and the input grows.
    bool pays_more{};
    std::optional<eth::Address> token_in; // std::nullopt in older records without this field
    eth::Wei amount_in;                   // without preceding transactions
    eth::Wei most_in;                     // after the best sandwich's front-run
    // The largest maximum input at which no sandwich covers its gas; std::nullopt where none is
    // needed.
    std::optional<eth::Wei> protecting_in;
    friend bool operator==(const Exposure&, const Exposure&) = default;
};

// Everything needed to repeat a simulation anywhere. viz-replay defines the body; the codes that it
// names by hash are stored beside it, and codes sent before may be omitted.
struct CaseCode {
    eth::Hash code_hash;
    eth::Bytes code;
    friend bool operator==(const CaseCode&, const CaseCode&) = default;
};
struct SimCase {
    std::optional<eth::Hash> hash;
    eth::Hash sim_id;
    std::optional<eth::Hash> candidate_id;
    eth::Bytes body;
    std::vector<CaseCode> codes;
    friend bool operator==(const SimCase&, const SimCase&) = default;
};

} // namespace viz::bus
