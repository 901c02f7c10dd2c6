// Deleting the oldest of the record, within a transaction that the caller holds.
#pragma once

#include "components/storage/event_store.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

class Trim {
  public:
    explicit Trim(Connection& connection);

    StoreExtent extent();
    bool has_work(const TrimRequest& request);
    TrimCounts run(const TrimRequest& request, std::uint64_t newest_seq_id);

  private:
    std::uint64_t trim_events(const TrimRequest& request, std::uint64_t newest_seq_id);
    std::uint64_t trim_transactions(std::uint64_t limit);
    std::uint64_t trim_blocks();

    Connection& connection_;
    Statement oldest_;
    Statement delete_events_;
    Statement next_transactions_;
    Statement delete_transaction_;
    Statement delete_blocks_;
    // One pass over the transactions, in order of arrival, each time the log has been cut.
    bool passing_{true};
    std::int64_t passed_id_{};
    std::int64_t oldest_event_ms_{};
};

} // namespace viz::storage
