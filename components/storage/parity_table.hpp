// Rows of `sim_parity`: one per simulated transaction that was mined, in order of arrival; and
// their counts, which remain when rows are deleted.
#pragma once

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Uses the writer's connection.
class ParityTable {
  public:
    explicit ParityTable(Connection& connection);
    // As in OpportunityTable. Other records, and empty results, have no effect.
    void begin() { counts_ = {}; }
    void note(const bus::Envelope& event);
    void write();

  private:
    Statement insert_;
    Statement count_;
    bus::ParityTotals counts_; // of the current commit
};

// The counts, the newest `checked` results and the newest `misses`.
bus::ParityHistory parity_history(Connection& connection, std::size_t checked, std::size_t misses);

} // namespace viz::storage
