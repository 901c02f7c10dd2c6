// What search finds, what simulation makes of it and what the builder decides: the messages of the
// streams `candidate` and `simulated`, and the events that tell of them. Part of bus/messages.hpp.
//
// Amounts are integers of 256 bits: wei where the name says so, else units of the token named.
// Those called signed are two's complement, since a profit may be a loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "components/eth/transaction.hpp"
#include "components/eth/types.hpp"

namespace viz::bus {

// ---------------------------------------------------------------- stream `candidate`

// A swap of the searcher's own at a pool.
struct PoolLeg {
    bool v3{}; // concentrated liquidity; otherwise constant product
    eth::Address pool;
    eth::Address token_in;
    eth::Address token_out;
    bool zero_for_one{};
    std::uint16_t fee_numerator{997}; // of constant product: the part of the input that counts
    std::uint16_t fee_denominator{1000};
    eth::Wei amount_in; // all ones: everything the searcher has of the token then
    friend bool operator==(const PoolLeg&, const PoolLeg&) = default;
};

struct CandidateMember {
    eth::Hash hash;
    eth::Address sender;
    eth::Bytes raw; // canonical EIP-2718 bytes
    friend bool operator==(const CandidateMember&, const CandidateMember&) = default;
};

// A transaction of the candidate: a pending one, by its place among the members, or the
// searcher's own.
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

// Transactions in order, and what an execution of them by search gave.
struct Candidate {
    eth::ChainId chain_id;
    eth::Hash candidate_id;        // what on which block: keccak256 of both
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
    bool partial_ticks{};     // sized on part of a V3 pool
    std::vector<SlotUse> reads;
    std::vector<SlotUse> writes;
    eth::UnixMs detected_unix_ms;
    eth::MonoNs first_seen_mono_ns; // of the member seen last; 0 without members
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

// ---------------------------------------------------------------- events of simulation

// A transaction or candidate goes to an execution of ours, on the state of that block.
struct SimDispatched {
    std::optional<eth::Hash> hash; // of the transaction that it is about; an arbitrage has none
    eth::Hash sim_id;              // names this execution: what on which block
    std::optional<eth::Hash> candidate_id; // nothing: the transaction by itself
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    friend bool operator==(const SimDispatched&, const SimDispatched&) = default;
};

// What the execution of a candidate left in the searcher's hands. In wei:
// gross - pool_fees - gas - bribe = net.
struct SimProfit {
    eth::Wei profit; // units of the base token before gas, signed
    eth::Address base_token;
    eth::Wei gross; // signed
    eth::Wei pool_fees;
    eth::Wei gas;
    eth::Wei bribe;
    eth::Wei net; // signed
    eth::Gas own_gas;
    bool plain{}; // a profit with no flag: what may be shown as one
    // The net under other circumstances, signed; nothing where it fails then.
    std::optional<eth::Wei> net_base_fee_up;
    std::optional<eth::Wei> net_other_coinbase;
    std::optional<eth::Wei> net_competing_swap;
    friend bool operator==(const SimProfit&, const SimProfit&) = default;
};

// What came of it. By itself, a transaction that reverts has been simulated well: it is `failed`
// with its category, as it would be on chain.
struct SimCompleted {
    std::optional<eth::Hash> hash;
    eth::Hash sim_id;
    std::optional<eth::Hash> candidate_id;
    bool success{};
    std::string fail_category; // "revert", "out_of_gas", …; empty on success
    std::string revert_reason; // for people; empty where there is none
    eth::Gas gas_used;
    eth::Wei coinbase_payment; // tips and transfers to the builder
    std::uint32_t log_count{};
    eth::BlockNumber block_number; // of the state
    eth::Hash block_hash;
    std::int64_t state_age_ms{}; // from that block's arrival to the result
    std::int64_t duration_us{};
    std::uint32_t rounds{};          // runs until no state was missing
    std::vector<std::string> flags;  // why it may end otherwise: "reads_coinbase", …
    std::optional<SimProfit> profit; // of a candidate that ran to its end
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

// A candidate was handed to simulation.
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
    std::string feature_engine_version; // of the label below; empty without one
    std::uint32_t score{};
    std::string protocol; // as the last member is labelled
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

// What the builder did with a simulated candidate for the block to come.
struct AssemblyDecisionApplied {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash candidate_id;
    eth::Hash sim_id;
    std::string decision; // "included", "displaced", "rejected"
    std::string reason;
    eth::BlockNumber target_block;
    std::uint32_t position{}; // in the block template, from 0; of "included"
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
    std::int64_t backoff_ms{}; // waited before the next one
    friend bool operator==(const RelayAttempt&, const RelayAttempt&) = default;
};

// A bundle was sent to a relay to be tried: never to be included.
struct BundleSubmitted {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash bundle_id;
    std::vector<eth::Hash> candidate_ids;
    std::vector<eth::Hash> tx_hashes;        // of pending transactions in it, in order
    std::vector<eth::Hash> reverting_hashes; // that may revert
    std::vector<eth::Hash> dropping_hashes;  // that may be left out
    std::string replacement_uuid;
    std::uint32_t refund_percent{};
    std::optional<eth::Address> refund_recipient;
    eth::BlockNumber target_block;
    eth::BlockNumber max_block; // the last one it is good for
    std::string relay_url;
    std::string method; // of JSON-RPC
    bool accepted{};
    std::string final_state; // "accepted", "rejected", "unreachable", "circuit_open"
    std::vector<RelayAttempt> attempts;
    eth::UnixMs started_unix_ms;
    eth::UnixMs finished_unix_ms;
    friend bool operator==(const BundleSubmitted&, const BundleSubmitted&) = default;
};

// ---------------------------------------------------------------- records

// What became of an opportunity in the end.
struct OppOutcome {
    std::optional<eth::Hash> hash; // of the first member
    eth::Hash candidate_id;
    // "untaken", "victim_replaced", "victim_dropped", "moved_first", "base_fee_rose", "taken",
    // "expired", "reorged", "unexamined"
    std::string outcome;
    std::optional<eth::Hash> by;              // the transaction that did it
    std::optional<SlotUse> slot;              // that it moved
    std::optional<eth::Wei> coinbase_payment; // wei: what the one that took it paid
    eth::BlockNumber block_number;            // where it was found out
    eth::Hash block_hash;
    // Lifecycle's, of a victim replaced or dropped; "restarted" or "too_many_open" of one that is
    // unexamined because it was not remembered; empty otherwise.
    std::string reason;
    friend bool operator==(const OppOutcome&, const OppOutcome&) = default;
};

// A simulated transaction was mined: whether our execution was the chain's.
struct SimParity {
    eth::Hash hash;
    std::string result;  // "match", "mismatch", "unchecked"
    std::string differs; // in what; empty otherwise
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    friend bool operator==(const SimParity&, const SimParity&) = default;
};

// How much a pending swap can lose to a sandwich, on the state of that block. What it gets is in
// units of token_out, what it pays in units of token_in.
struct Exposure {
    eth::Hash hash;
    eth::Address pool;
    eth::Address token_out;
    eth::Wei amount_out; // that it gets with nothing before it
    eth::Wei least_out;  // that it gets behind the best sandwich; amount_out where there is none
    eth::Wei loss;       // the difference between the amounts out; in, where it pays more
    // The smallest minimum with which no sandwich pays its gas; nothing where none is needed, or
    // where it pays more.
    std::optional<eth::Wei> protecting_out;
    eth::Wei attacker_net;                 // wei, signed: of the best sandwich, after gas
    std::optional<eth::Hash> candidate_id; // of one that is no opportunity of ours, none
    eth::BlockNumber block_number;
    eth::Hash block_hash;
    // Of a swap with exact output: it gets the same and pays more.
    bool pays_more{};
    std::optional<eth::Address> token_in; // nothing in records from before it was told
    eth::Wei amount_in;                   // that it pays with nothing before it
    eth::Wei most_in;                     // that it pays behind the best sandwich
    // The largest maximum with which no sandwich pays its gas; nothing where none is needed.
    std::optional<eth::Wei> protecting_in;
    friend bool operator==(const Exposure&, const Exposure&) = default;
};

// All that is needed to run a simulation again, anywhere: the body is viz-replay's business, the
// codes that it names by their hashes stand beside it, those sent before may be left out.
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
