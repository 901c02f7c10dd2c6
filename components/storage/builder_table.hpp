// Rows of `building_totals`: how often the builder decided what, and relays answered what. They
// stay when the events that they count are gone.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Of the writer's connection.
class BuilderTable {
  public:
    explicit BuilderTable(Connection& connection);
    // As of OpportunityTable. Other events change nothing.
    void begin() { counts_.clear(); }
    void note(const bus::Envelope& event);
    void write();

  private:
    Statement count_;
    std::map<std::tuple<bus::ChainId, std::string, std::string>, std::uint64_t> counts_;
};

// The counts with the event up to which they go, of one snapshot.
bus::BuilderHistory builder_history(Connection& connection);

} // namespace viz::storage
