// Rows of `event_subjects`: which events of the log are about which simulation, candidate or
// bundle. The log has no index of its own; these are few beside it, and go with their events.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "bus/messages.hpp"
#include "components/storage/damage.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Of the writer's connection.
class SubjectTable {
  public:
    explicit SubjectTable(Connection& connection);
    // A numbered event; others, and those about none of them, change nothing.
    void note(const bus::Envelope& event);
    void forget_up_to(std::uint64_t seq_id);

  private:
    Statement insert_;
    Statement remove_;
};

// Both leave out damaged events, and note them in `report` (may be null).

// Of these types those about `id`, the newest `limit`, ascending.
std::vector<bus::Envelope> events_about(Connection& connection, const bus::Hash& id,
                                        std::span<const bus::EventType> types, std::size_t limit,
                                        DamageReport* report);
// Of each of these types the newest `limit` up to `last`, in order of seq_id.
std::vector<bus::Envelope> newest_about(Connection& connection,
                                        std::span<const bus::EventType> types, std::size_t limit,
                                        std::uint64_t last, DamageReport* report);

} // namespace viz::storage
