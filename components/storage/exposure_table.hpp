// Rows of `exposures`: what a pending swap can lose, the newest of each transaction and chain.
#pragma once

#include <optional>

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Of the writer's connection.
class ExposureTable {
  public:
    explicit ExposureTable(Connection& connection);
    // Records of other kinds change nothing.
    void note(const bus::Envelope& event);

  private:
    Statement upsert_;
};

// Of the chain that told of it last.
std::optional<bus::ExposureRecord> find_exposure(Connection& connection, const bus::Hash& hash);

} // namespace viz::storage
