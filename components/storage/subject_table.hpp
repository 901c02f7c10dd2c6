// Rows of `event_subjects`: the log's events by the simulation, candidate or bundle that they
// concern. The log itself has no index; these rows are few in comparison and are deleted with their
// events.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "bus/messages.hpp"
#include "components/storage/damage.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Uses the writer's connection.
class SubjectTable {
  public:
    explicit SubjectTable(Connection& connection);
    // Notes a numbered event; events without such a subject have no effect.
    void note(const bus::Envelope& event);
    void forget_up_to(std::uint64_t seq_id);

  private:
    Statement insert_;
    Statement remove_;
};

// Both functions skip damaged events and register them in `report` (may be null).

// The newest `limit` events of these types about `id`, ascending.
std::vector<bus::Envelope> events_about(Connection& connection, const bus::Hash& id,
                                        std::span<const bus::EventType> types, std::size_t limit,
                                        DamageReport* report);
// The newest `limit` events of each of these types up to `last`, in order of seq_id.
std::vector<bus::Envelope> newest_about(Connection& connection,
                                        std::span<const bus::EventType> types, std::size_t limit,
                                        std::uint64_t last, DamageReport* report);

} // namespace viz::storage
