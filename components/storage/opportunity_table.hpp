// Rows of `opportunities`: one per candidate, the fold of its messages (bus/opportunity_fold.hpp).
#pragma once

#include <unordered_map>
#include <vector>

#include "bus/opportunity_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Uses the writer's connection. The messages of a commit are noted one by one and written together,
// so that each row is read and written once.
class OpportunityTable {
  public:
    explicit OpportunityTable(Connection& connection);

    // Call before the first message of a commit: discards what an earlier failed commit left.
    void begin() { touched_.clear(), in_order_.clear(); }
    // Other kinds of messages have no effect.
    void note(const bus::Envelope& event);
    void write();

  private:
    bus::OpportunityRecord load(const bus::Hash& candidate_id, bus::ChainId chain_id);
    void write(const bus::OpportunityRecord& record);

    Statement select_;
    Statement upsert_;
    std::unordered_map<bus::Hash, bus::OpportunityRecord> touched_;
    std::vector<bus::Hash> in_order_; // in order of arrival
};

// The most recently detected ones, oldest first.
std::vector<bus::OpportunityRecord> newest_opportunities(Connection& connection, std::size_t limit);

} // namespace viz::storage
