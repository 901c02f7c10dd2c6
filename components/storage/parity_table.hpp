// Rows of `sim_parity`: one a simulated transaction that was mined, in order of arrival; and their
// counts, which stay when rows go.
#pragma once

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Of the writer's connection.
class ParityTable {
  public:
    explicit ParityTable(Connection& connection);
    // As of OpportunityTable. Other records, and results that are none, change nothing.
    void begin() { counts_ = {}; }
    void note(const bus::Envelope& event);
    void write();

  private:
    Statement insert_;
    Statement count_;
    bus::ParityTotals counts_; // of the commit under way
};

// The counts, the newest `checked` results and the newest `misses`.
bus::ParityHistory parity_history(Connection& connection, std::size_t checked, std::size_t misses);

} // namespace viz::storage
