// The recorded state of opportunities, as storage keeps it in tables and the HTTP read model in
// memory: plain values, without sockets. opportunity_fold.hpp updates it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/messages.hpp"

namespace viz::bus {

// The texts are part of the HTTP contract and stored.
enum class OppStatus : std::uint8_t {
    detected,
    simulated,  // running, or finished without a verdict: its profit is flagged or unknown
    profitable, // a positive net profit without flags
    unprofitable,
    failed,
};
std::string_view to_string(OppStatus status);
std::optional<OppStatus> opp_status_from_string(std::string_view name);

// The result of its newest simulation.
struct OppResult {
    std::string fail_category; // empty when it executed completely
    std::vector<std::string> flags;
    std::optional<Wei> profit; // of the base token before gas, signed; when it executed completely
    std::optional<Wei> net;    // wei, signed
    friend bool operator==(const OppResult&, const OppResult&) = default;
};

struct OpportunityRecord {
    Hash candidate_id;
    ChainId chain_id;
    std::uint64_t detected_seq_id{};     // of its first OppDetected
    std::optional<OppDetected> detected; // std::nullopt: so far only later messages are known
    OppStatus status{OppStatus::detected};
    std::optional<Hash> sim_id; // of the newest simulation
    std::optional<OppResult> result;
    std::optional<OppOutcome> outcome; // the newest one
    UnixMs outcome_unix_ms;            // 0: none yet
    UnixMs updated_unix_ms;            // the newest message about it
    friend bool operator==(const OpportunityRecord&, const OpportunityRecord&) = default;
};

struct ExposureRecord {
    ChainId chain_id;
    Exposure exposure;
    UnixMs updated_unix_ms;
    friend bool operator==(const ExposureRecord&, const ExposureRecord&) = default;
};

struct ParityRecord {
    ChainId chain_id;
    SimParity parity;
    friend bool operator==(const ParityRecord&, const ParityRecord&) = default;
};

enum class ParityResult : std::uint8_t { match, mismatch, unchecked };
// std::nullopt for a text that is not a SimParity::result of any version.
std::optional<ParityResult> parity_result_from_string(std::string_view name);

// Since the record began, including deleted events.
struct ParityTotals {
    std::uint64_t match{};
    std::uint64_t mismatch{};
    std::uint64_t unchecked{};

    std::uint64_t& of(ParityResult result);
    friend bool operator==(const ParityTotals&, const ParityTotals&) = default;
};

// Where counting continues after a restart.
struct ParityHistory {
    ParityTotals totals;
    std::vector<bool> checked;        // the newest checks, oldest first: whether each matched
    std::vector<ParityRecord> misses; // the newest, oldest first
};

// Counts of the builder's decisions and of the final states of bundle submissions.
struct BuilderCounts {
    static constexpr std::string_view kSubmitted = "submitted";

    ChainId chain_id;
    std::string what;   // a decision, or kSubmitted
    std::string reason; // the decision's, or the submission's final state
    std::uint64_t count{};
    friend bool operator==(const BuilderCounts&, const BuilderCounts&) = default;
};
// Since the record began, up to that event, including deleted events.
struct BuilderHistory {
    std::uint64_t up_to_seq_id{};
    std::vector<BuilderCounts> counts;
};

} // namespace viz::bus
