// A simulation with everything needed to repeat it: the state that was read, the block environment,
// the request, the settings, and the result as text. A repeated run from the file alone must give
// the same result byte for byte.
#pragma once

#include "components/sim/simulate.hpp"

namespace viz::sim {

struct CaseSlot {
    U256 key;
    U256 value;
    friend bool operator==(const CaseSlot&, const CaseSlot&) = default;
};
// An account that was read and its slots that were read, with their values.
struct CaseAccount {
    eth::Address address;
    std::optional<evm::AccountState> state; // nothing: the account does not exist
    std::vector<CaseSlot> slots;
};
struct CaseState {
    std::vector<CaseAccount> accounts; // as slots and block hashes, in order of first touch
    std::vector<evm::ReadBlockHash> block_hashes;
    std::vector<eth::Hash> code_hashes; // of codes that were read, ascending
};

// The rules of the run, so that a build with other rules for that time can report it.
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
    state::BlockRef block; // the run's state
    CaseRules rules;
    evm::BlockEnvironment environment;
    SimSettings settings;
    SimRequest request;
    CaseState state;
    std::string result; // see result_text
};

// Codes are stored beside cases, so that a code used by many cases is stored once.
struct CompleteCase {
    Case what;
    std::vector<evm::CodePointer> codes; // in the order of what.state.code_hashes
};

// The case of a run on its own overlay over the state of `block`. Nothing when some of that state
// was missing: such a run is not a simulation.
std::optional<CompleteCase> make_case(const CaseId& id, const state::BlockRef& block,
                                      const evm::Overlay& ran_on, const evm::Rules& rules,
                                      const evm::BlockEnvironment& environment,
                                      const SimRequest& request, const SimSettings& settings,
                                      const SimResult& result);

// The rules that the case names; null when this build has other rules for that chain and time.
const evm::Rules* rules_of(const Case& of);

struct Rerun {
    std::string result;
    // State that this run needed and the case lacks: the result is then invalid.
    std::vector<evm::Missing> missing;
};
// Runs on the case's data alone.
Rerun run_again(const CompleteCase& given, const evm::Rules& rules);

} // namespace viz::sim
