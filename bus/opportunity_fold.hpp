// Applies messages to the record of their opportunity. Storage and the HTTP read model both use it.
#pragma once

#include <array>
#include <vector>

#include "bus/opportunity_record.hpp"

namespace viz::bus {

// The candidate whose record a message changes; std::nullopt for other messages.
std::optional<Hash> candidate_of(const EventData& data);

// The ids by which numbered events of simulation and building are indexed: of the simulation, the
// bundle and its candidates. Empty for other event types.
inline constexpr std::array kTypesWithSubjects{EventType::sim_dispatched, EventType::sim_completed,
                                               EventType::assembly_decision_applied,
                                               EventType::bundle_submitted};
std::vector<Hash> subjects_of(const EventData& data);

// The empty record of a candidate.
OpportunityRecord new_opportunity(const Hash& candidate_id, ChainId chain_id);

// Applies a message about the candidate. Messages of one producer arrive in its order; those of
// search, simulation and outcome tracking may arrive in any order relative to each other. Applying
// the same messages again, in the same order, changes nothing.
void apply(OpportunityRecord& record, const Envelope& event);

} // namespace viz::bus
