// Rows of `exposures`: the possible loss of a pending swap, the newest per transaction and chain.
#pragma once

#include <optional>

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Uses the writer's connection.
class ExposureTable {
  public:
    explicit ExposureTable(Connection& connection);
    // Other kinds of records have no effect.
    void note(const bus::Envelope& event);

  private:
    Statement upsert_;
};

// From the chain that reported it last.
std::optional<bus::ExposureRecord> find_exposure(Connection& connection, const bus::Hash& hash);

} // namespace viz::storage
