// Deleting the oldest of the record, within a transaction that the caller holds. Events go first,
// up to what is asked for; then, before any more of them, the transactions, blocks and findings
// that nothing in the log needs any longer. So what is freed is known before the next stretch is
// given up.
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
    // `times` outlives it.
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
    SubjectTable subjects_; // which go with them
    Statement next_transactions_;
    Statement delete_transaction_;
    Statement chains_;
    Statement next_blocks_;
    Statement delete_blocks_;
    std::array<Statement, 3> delete_findings_;
    // What is left to do for the last cut. Of one before a restart nothing is known: once, all.
    CleanUp clean_up_{CleanUp::transactions};
    std::int64_t passed_id_{};       // transactions are looked at in order of arrival
    std::int64_t oldest_event_ms_{}; // at the latest: a wrong clock may have given its time
};

} // namespace viz::storage
