// Rows of `opportunities`: one a candidate, the fold of what was said about it
// (bus/opportunity_fold.hpp).
#pragma once

#include <unordered_map>
#include <vector>

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Of the writer's connection. A commit's messages are noted one by one and written together, so
// that each row is read and written once.
class OpportunityTable {
  public:
    explicit OpportunityTable(Connection& connection);

    // Before the first message of a commit: what an earlier one that failed has left is forgotten.
    void begin() { touched_.clear(), in_order_.clear(); }
    // Messages of other kinds change nothing.
    void note(const bus::Envelope& event);
    void write();

  private:
    bus::OpportunityRecord load(const bus::Hash& candidate_id, bus::ChainId chain_id);
    void write(const bus::OpportunityRecord& record);

    Statement select_;
    Statement upsert_;
    std::unordered_map<bus::Hash, bus::OpportunityRecord> touched_;
    std::vector<bus::Hash> in_order_; // of arrival
};

// Those that were detected last, oldest first.
std::vector<bus::OpportunityRecord> newest_opportunities(Connection& connection, std::size_t limit);

} // namespace viz::storage
