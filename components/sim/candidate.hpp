// A candidate of the bus as a simulation's request, and the simulation's result as what is told of
// it.
#pragma once

#include <optional>

#include "bus/opportunity.hpp"
#include "components/sim/case.hpp"
#include "components/state/rounds.hpp"

namespace viz::sim {

// Nothing where a member's bytes are no transaction.
std::optional<SimRequest> request_of(const bus::Candidate& candidate);

struct CandidateRun {
    SimResult result;
    state::Rounds rounds;
    std::optional<CompleteCase> recorded; // see case.hpp
};

// On the head's state, with what is missing of it fetched; a result that is not complete
// fails with the reason for it; `guard` ends it from outside. With `record`, all that is needed to
// run it again is kept.
CandidateRun simulate_candidate(state::HeadState& head, evm::CodeCache& codes,
                                state::StateSource& source, const evm::Rules& rules,
                                const evm::BlockEnvironment& next, const SimRequest& request,
                                const SimSettings& settings,
                                const std::optional<CaseId>& record = {},
                                evm::RunGuard* guard = nullptr);

// "partial_ticks", "taxed_token", "reads_prevrandao", "reads_coinbase", "stale_state".
std::vector<std::string> texts_of(const CandidateFlags& flags);

// What there is to tell, but for ids, block and times.
bus::SimCompleted completed_of(const CandidateRun& run, const eth::Address& base_token);

} // namespace viz::sim
