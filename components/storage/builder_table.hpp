// Rows of `building_totals`: counts of the builder's decisions and the relays' answers. They remain
// when the counted events are deleted.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Uses the writer's connection.
class BuilderTable {
  public:
    explicit BuilderTable(Connection& connection);
    // As in OpportunityTable. Other events have no effect.
    void begin() { counts_.clear(); }
    void note(const bus::Envelope& event);
    void write();

  private:
    Statement count_;
    std::map<std::tuple<bus::ChainId, std::string, std::string>, std::uint64_t> counts_;
};

// The counts and the last event that they include, from one snapshot.
bus::BuilderHistory builder_history(Connection& connection);

} // namespace viz::storage
