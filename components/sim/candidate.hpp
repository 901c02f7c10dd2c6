// Converts a candidate message to a simulation request, and the simulation's result to the reported
// message.
#pragma once

#include <optional>

#include "bus/opportunity.hpp"
#include "components/sim/case.hpp"
#include "components/state/rounds.hpp"

namespace viz::sim {

// Nothing when a member's bytes are not a transaction.
std::optional<SimRequest> request_of(const bus::Candidate& candidate);

struct CandidateRun {
    SimResult result;
    state::Rounds rounds;
    std::optional<CompleteCase> recorded; // see case.hpp
};

// Runs on the head's state and fetches what is missing; an incomplete run fails with its reason;
// `guard` ends it from outside. With `record`, everything needed to repeat the run is kept.
CandidateRun simulate_candidate(state::HeadState& head, evm::CodeCache& codes,
                                state::StateSource& source, const evm::Rules& rules,
                                const evm::BlockEnvironment& next, const SimRequest& request,
                                const SimSettings& settings,
                                const std::optional<CaseId>& record = {},
                                evm::RunGuard* guard = nullptr);

// "partial_ticks", "taxed_token", "reads_prevrandao", "reads_coinbase", "stale_state".
std::vector<std::string> texts_of(const CandidateFlags& flags);

// The reported fields, except ids, block and times.
bus::SimCompleted completed_of(const CandidateRun& run, const eth::Address& base_token);

} // namespace viz::sim
