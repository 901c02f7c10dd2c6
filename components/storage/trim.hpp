// Deletes the oldest part of the record, within a transaction of the caller. Events are deleted
// first, up to the requested number; then the transactions, blocks and findings that nothing in the
// log needs any longer, before any further events. So the freed space is known before the next
// stretch is deleted.
#pragma once

#include <array>
#include <cstdint>

#include "components/storage/event_store.hpp"
#include "components/storage/sqlite.hpp"
#include "components/storage/subject_table.hpp"
#include "components/storage/time_table.hpp"

namespace viz::storage {

class Trim {
  public:
    // `times` must outlive this object.
    Trim(Connection& connection, TimeTable& times);

    StoreExtent extent();
    bool has_work(const TrimRequest& request);
    TrimCounts run(const TrimRequest& request, std::uint64_t newest_seq_id);

  private:
    enum class CleanUp : std::uint8_t { none, transactions, blocks, findings };

    std::uint64_t trim_events(const TrimRequest& request, std::uint64_t newest_seq_id);
    void clean_up(const TrimRequest& request, TrimCounts& counts);
    void keep_link_of(std::uint64_t last);
    std::uint64_t trim_transactions(std::uint64_t limit);
    std::uint64_t trim_blocks(std::uint64_t limit);
    std::uint64_t trim_blocks_of(std::int64_t chain, std::uint64_t limit);
    std::uint64_t trim_findings(std::uint64_t limit);

    Connection& connection_;
    TimeTable& times_;
    Statement oldest_;
    Statement delete_events_;
    Statement link_of_;
    SubjectTable subjects_; // rows deleted with their events
    Statement next_transactions_;
    Statement delete_transaction_;
    Statement chains_;
    Statement next_blocks_;
    Statement delete_blocks_;
    std::array<Statement, 3> delete_findings_;
    // The clean-up left to do for the last cut. After a restart it is unknown, so everything is
    // checked once.
    CleanUp clean_up_{CleanUp::transactions};
    std::int64_t passed_id_{};       // transactions are checked in order of arrival
    std::int64_t oldest_event_ms_{}; // upper bound: a wrong clock may have set the event's time
};

} // namespace viz::storage
