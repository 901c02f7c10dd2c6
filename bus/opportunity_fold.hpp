// What a message does to what is known of its opportunity. The one place that says so: storage
// and the HTTP read model both fold with it.
#pragma once

#include <array>
#include <vector>

#include "bus/opportunity_record.hpp"

namespace viz::bus {

// The candidate whose record a message changes; nothing for any other message.
std::optional<Hash> candidate_of(const EventData& data);

// What a numbered event of simulation or building is asked for by: the ids of the simulation, of
// the bundle and of its candidates. Nothing for events of other types than these.
inline constexpr std::array kTypesWithSubjects{EventType::sim_dispatched, EventType::sim_completed,
                                               EventType::assembly_decision_applied,
                                               EventType::bundle_submitted};
std::vector<Hash> subjects_of(const EventData& data);

// The empty record of a candidate.
OpportunityRecord new_opportunity(const Hash& candidate_id, ChainId chain_id);

// Applies a message about the candidate. Those of one producer come in its order; search's,
// simulation's and what became of it may come in any order to each other. Applying the same ones
// again, in the same order, changes nothing.
void apply(OpportunityRecord& record, const Envelope& event);

} // namespace viz::bus
