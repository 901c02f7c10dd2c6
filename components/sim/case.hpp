// A simulation with all it needs to be run again anywhere: what of the state was read, the block's
// environment, the request, the settings, and the result as text. Recorded by whoever simulates,
// run again from a file alone; the results are equal byte for byte, or something is wrong.
#pragma once

#include "components/sim/simulate.hpp"

namespace viz::sim {

struct CaseSlot {
    U256 key;
    U256 value;
    friend bool operator==(const CaseSlot&, const CaseSlot&) = default;
};
// An account that was read, and the slots that were read of it, as the state below said.
struct CaseAccount {
    eth::Address address;
    std::optional<evm::AccountState> state; // nothing: there is no such account
    std::vector<CaseSlot> slots;
};
struct CaseState {
    std::vector<CaseAccount> accounts; // as slots and block hashes, in order of first touch
    std::vector<evm::ReadBlockHash> block_hashes;
    std::vector<eth::Hash> code_hashes; // of codes that were read, ascending
};

// By which rules it ran, so that a build that knows others for that time can say so.
struct CaseRules {
    std::string fork;
    evm::BlobParameters blob;
    friend bool operator==(const CaseRules&, const CaseRules&) = default;
};
CaseRules name_of(const evm::Rules& rules);

struct CaseId {
    eth::Hash sim_id;
    std::optional<eth::Hash> candidate_id;
    friend bool operator==(const CaseId&, const CaseId&) = default;
};

struct Case {
    CaseId id;
    state::BlockRef block; // on whose state it ran
    CaseRules rules;
    evm::BlockEnvironment environment;
    SimSettings settings;
    SimRequest request;
    CaseState state;
    std::string result; // see result_text
};

// Codes go beside a case, so that one that many cases need is kept once.
struct CompleteCase {
    Case what;
    std::vector<evm::CodePointer> codes; // of what.state.code_hashes, in that order
};

// What ran on an overlay of its own: one on which nothing was run but this simulation, over the
// state of `block`. Nothing where some of that state was missing: that was no simulation.
std::optional<CompleteCase> make_case(const CaseId& id, const state::BlockRef& block,
                                      const evm::Overlay& ran_on, const evm::Rules& rules,
                                      const evm::BlockEnvironment& environment,
                                      const SimRequest& request, const SimSettings& settings,
                                      const SimResult& result);

// The rules that the case names; null where this build has others for that chain and time.
const evm::Rules* rules_of(const Case& of);

struct Rerun {
    std::string result;
    // What the case does not hold and this run asked for: the result is not one then.
    std::vector<evm::Missing> missing;
};
// On nothing but what the case holds.
Rerun run_again(const CompleteCase& given, const evm::Rules& rules);

} // namespace viz::sim
