#include "components/storage/trim.hpp"

#include <algorithm>
#include <vector>

namespace viz::storage {

namespace {

// Blocks that a restart and a reorg may need, per chain, whatever their age.
constexpr const char* kDeleteBlocks =
    "DELETE FROM blocks WHERE timestamp_s * 1000 < ?1 AND number < "
    "(SELECT max(b.number) FROM blocks b WHERE b.chain_id = blocks.chain_id) - 1024";

} // namespace

Trim::Trim(Connection& connection)
    : connection_(connection),
      oldest_(connection.prepare("SELECT seq_id, ts_unix_ms FROM events ORDER BY seq_id LIMIT 1")),
      delete_events_(connection.prepare("DELETE FROM events WHERE seq_id <= ?1")),
      next_transactions_(connection.prepare("SELECT id, status, status_unix_ms FROM transactions "
                                            "WHERE id > ?1 ORDER BY id LIMIT ?2")),
      delete_transaction_(connection.prepare("DELETE FROM transactions WHERE id = ?1")),
      delete_blocks_(connection.prepare(kDeleteBlocks)) {}

StoreExtent Trim::extent() {
    StoreExtent extent;
    const ResetOnExit reset(oldest_);
    if (oldest_.step()) extent.oldest_seq_id = oldest_.u64(0);
    const auto pages =
        connection_.integer("PRAGMA page_count") - connection_.integer("PRAGMA freelist_count");
    extent.used_bytes = static_cast<std::uint64_t>(pages * connection_.integer("PRAGMA page_size"));
    return extent;
}

bool Trim::has_work(const TrimRequest& request) {
    const ResetOnExit reset(oldest_);
    if (!oldest_.step()) return false;
    return oldest_.u64(0) <= request.up_to_seq_id || (passing_ && oldest_.u64(0) != 1);
}

TrimCounts Trim::run(const TrimRequest& request, std::uint64_t newest_seq_id) {
    TrimCounts counts;
    counts.events = trim_events(request, newest_seq_id);
    {
        const ResetOnExit reset(oldest_);
        if (!oldest_.step() || oldest_.u64(0) == 1) return counts;
        oldest_event_ms_ = oldest_.integer(1);
    }
    if (counts.events != 0) {
        passing_ = true;
        passed_id_ = 0;
    }
    const bool cut = counts.events < request.max_events;
    // Few rows and one look at all of them: once a cut.
    if (counts.events != 0 && cut) counts.blocks = trim_blocks();
    if (passing_ && cut) counts.transactions = trim_transactions(request.max_transactions);
    return counts;
}

std::uint64_t Trim::trim_events(const TrimRequest& request, std::uint64_t newest_seq_id) {
    const ResetOnExit reset(oldest_);
    if (newest_seq_id == 0 || !oldest_.step()) return 0;
    const auto oldest = oldest_.u64(0);
    const auto last =
        std::min({request.up_to_seq_id, newest_seq_id - 1, oldest + request.max_events - 1});
    if (last < oldest || request.max_events == 0) return 0;
    oldest_.reset();
    delete_events_.bind_u64(1, last).run();
    return last - oldest + 1;
}

std::uint64_t Trim::trim_transactions(std::uint64_t limit) {
    constexpr std::int64_t kFirstFinal = 10; // of lifecycle_statuses
    std::vector<std::int64_t> over;
    std::uint64_t looked_at = 0;
    {
        const ResetOnExit reset(next_transactions_);
        next_transactions_.bind(1, passed_id_).bind(2, static_cast<std::int64_t>(limit));
        while (next_transactions_.step()) {
            ++looked_at;
            passed_id_ = next_transactions_.integer(0);
            if (next_transactions_.integer(1) >= kFirstFinal &&
                next_transactions_.integer(2) < oldest_event_ms_)
                over.push_back(passed_id_);
        }
    }
    passing_ = looked_at == limit;
    for (const auto id : over) delete_transaction_.bind(1, id).run();
    return over.size();
}

std::uint64_t Trim::trim_blocks() {
    delete_blocks_.bind(1, oldest_event_ms_).run();
    return static_cast<std::uint64_t>(connection_.last_changes());
}

} // namespace viz::storage
