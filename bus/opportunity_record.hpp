// What the record knows of opportunities, as storage keeps it in tables and the HTTP read model in
// memory: plain values, without sockets. The fold is opportunity_fold.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/messages.hpp"

namespace viz::bus {

// The texts are part of the HTTP contract, and stored.
enum class OppStatus : std::uint8_t {
    detected,
    simulated,  // under way, or it ended without a verdict: its profit is flagged, or unknown
    profitable, // a positive net, and nothing that speaks against it
    unprofitable,
    failed,
};
std::string_view to_string(OppStatus status);
std::optional<OppStatus> opp_status_from_string(std::string_view name);

// What the newest simulation of it gave.
struct OppResult {
    std::string fail_category; // empty where it ran to its end
    std::vector<std::string> flags;
    std::optional<Wei> profit; // of the base token before gas, signed; of a run to its end
    std::optional<Wei> net;    // wei, signed
    friend bool operator==(const OppResult&, const OppResult&) = default;
};

struct OpportunityRecord {
    Hash candidate_id;
    ChainId chain_id;
    std::uint64_t detected_seq_id{};     // of its first OppDetected
    std::optional<OppDetected> detected; // nothing: so far only what came of it is known
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
// Nothing for a text that no version of SimParity::result has.
std::optional<ParityResult> parity_result_from_string(std::string_view name);

// Since the record began, whatever of it is still kept.
struct ParityTotals {
    std::uint64_t match{};
    std::uint64_t mismatch{};
    std::uint64_t unchecked{};

    std::uint64_t& of(ParityResult result);
    friend bool operator==(const ParityTotals&, const ParityTotals&) = default;
};

// Where counting goes on after a restart.
struct ParityHistory {
    ParityTotals totals;
    std::vector<bool> checked;        // the newest that were: whether they matched, oldest first
    std::vector<ParityRecord> misses; // the newest, oldest first
};

// How often the builder decided what, and relays ended the trial of a bundle how.
struct BuilderCounts {
    static constexpr std::string_view kSubmitted = "submitted";

    ChainId chain_id;
    std::string what;   // a decision, or kSubmitted
    std::string reason; // the decision's, or the submission's final state
    std::uint64_t count{};
    friend bool operator==(const BuilderCounts&, const BuilderCounts&) = default;
};
// Since the record began, up to that event, whatever of it is still kept.
struct BuilderHistory {
    std::uint64_t up_to_seq_id{};
    std::vector<BuilderCounts> counts;
};

} // namespace viz::bus
