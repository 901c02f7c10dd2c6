#include "components/storage/trim.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "components/storage/chain_state.hpp"

namespace viz::storage {

namespace {

// Checking a row takes a microsecond; a delete takes ten times as long and writes a page of the
// write-ahead log.
constexpr std::uint64_t kLooksPerDelete = 10;

// One B-tree step per chain, however many blocks there are.
constexpr const char* kChains =
    "WITH RECURSIVE chain(id) AS (SELECT min(chain_id) FROM blocks UNION ALL "
    "SELECT (SELECT min(chain_id) FROM blocks WHERE chain_id > chain.id) FROM chain "
    "WHERE chain.id IS NOT NULL) SELECT id FROM chain WHERE id IS NOT NULL";
// Excludes blocks that a restart or a reorg may need, whatever their age.
constexpr const char* kNextBlocks =
    "SELECT number, timestamp_s FROM blocks WHERE chain_id = ?1 AND number < "
    "(SELECT max(number) FROM blocks WHERE chain_id = ?1) - 1024 ORDER BY number LIMIT ?2";

// Tables with updated rows have an index on the update time; sim_parity is in order of time.
constexpr const char* kDeleteOpportunities =
    "DELETE FROM opportunities WHERE id IN (SELECT id FROM opportunities "
    "WHERE updated_unix_ms < ?1 ORDER BY updated_unix_ms LIMIT ?2)";
constexpr const char* kDeleteParities =
    "DELETE FROM sim_parity WHERE id IN (SELECT id FROM (SELECT id, unix_ms FROM sim_parity "
    "ORDER BY id LIMIT ?2) WHERE unix_ms < ?1)";
constexpr const char* kDeleteExposures =
    "DELETE FROM exposures WHERE id IN (SELECT id FROM exposures "
    "WHERE updated_unix_ms < ?1 ORDER BY updated_unix_ms LIMIT ?2)";

} // namespace

Trim::Trim(Connection& connection, TimeTable& times)
    : connection_(connection), times_(times),
      oldest_(connection.prepare("SELECT seq_id, ts_unix_ms FROM events ORDER BY seq_id LIMIT 1")),
      delete_events_(connection.prepare("DELETE FROM events WHERE seq_id <= ?1")),
      link_of_(connection.prepare("SELECT checksum FROM events WHERE seq_id <= ?1 "
                                  "ORDER BY seq_id DESC LIMIT 1")),
      subjects_(connection), next_transactions_(connection.prepare(
                                 "SELECT id, status, status_unix_ms, first_seen_unix_ms "
                                 "FROM transactions WHERE id > ?1 ORDER BY id LIMIT ?2")),
      delete_transaction_(connection.prepare("DELETE FROM transactions WHERE id = ?1")),
      chains_(connection.prepare(kChains)), next_blocks_(connection.prepare(kNextBlocks)),
      delete_blocks_(connection.prepare("DELETE FROM blocks WHERE chain_id = ?1 AND number <= ?2")),
      delete_findings_{connection.prepare(kDeleteOpportunities),
                       connection.prepare(kDeleteParities), connection.prepare(kDeleteExposures)} {}

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
    return oldest_.u64(0) <= request.up_to_seq_id ||
           (clean_up_ != CleanUp::none && oldest_.u64(0) != 1);
}

TrimCounts Trim::run(const TrimRequest& request, std::uint64_t newest_seq_id) {
    TrimCounts counts;
    const bool cleaning = clean_up_ != CleanUp::none;
    std::uint64_t oldest = 0;
    {
        const ResetOnExit reset(oldest_);
        if (oldest_.step()) oldest = oldest_.u64(0);
        if (oldest > 1 && cleaning)
            oldest_event_ms_ = times_.written_after(oldest, oldest_.integer(1));
    }
    if (oldest > 1 && cleaning) {
        clean_up(request, counts);
        return counts;
    }
    counts.events = trim_events(request, newest_seq_id);
    const bool reached = oldest + counts.events > std::min(request.up_to_seq_id, newest_seq_id - 1);
    if (counts.events != 0 && reached) {
        clean_up_ = CleanUp::transactions;
        passed_id_ = 0;
    } else if (counts.events != 0) {
        clean_up_ = CleanUp::none;
    }
    return counts;
}

void Trim::clean_up(const TrimRequest& request, TrimCounts& counts) {
    if (clean_up_ == CleanUp::transactions) {
        counts.transactions = trim_transactions(request.max_transactions);
        return;
    }
    if (clean_up_ == CleanUp::blocks) {
        counts.blocks = trim_blocks(request.max_blocks);
        if (counts.blocks < request.max_blocks) clean_up_ = CleanUp::findings;
        return;
    }
    counts.findings = trim_findings(request.max_findings);
    if (counts.findings < request.max_findings) clean_up_ = CleanUp::none;
}

std::uint64_t Trim::trim_events(const TrimRequest& request, std::uint64_t newest_seq_id) {
    const ResetOnExit reset(oldest_);
    if (newest_seq_id == 0 || !oldest_.step()) return 0;
    const auto oldest = oldest_.u64(0);
    const auto last =
        std::min({request.up_to_seq_id, newest_seq_id - 1, oldest + request.max_events - 1});
    if (last < oldest || request.max_events == 0) return 0;
    oldest_.reset();
    keep_link_of(last);
    delete_events_.bind_u64(1, last).run();
    subjects_.forget_up_to(last);
    times_.forget_before(last + 1);
    return last - oldest + 1;
}

// Stores the link of the event before the first kept one. If damage destroyed that link, the chain
// restarts there.
void Trim::keep_link_of(std::uint64_t last) {
    auto start = read_log_start(connection_);
    if (!start) return;
    start->before_seq_id = last;
    start->before_link = {};
    const ResetOnExit reset(link_of_);
    link_of_.bind_u64(1, last);
    if (link_of_.step() && link_of_.blob(0).size() == 16)
        start->before_link = link_of(link_of_.blob(0).first<16>());
    write_log_start(connection_, *start);
}

std::uint64_t Trim::trim_transactions(std::uint64_t limit) {
    constexpr std::int64_t kFirstFinal = 10; // of lifecycle_statuses
    const auto looks = limit * kLooksPerDelete;
    std::vector<std::int64_t> over;
    std::uint64_t looked_at = 0;
    bool before_the_cut = false;
    {
        const ResetOnExit reset(next_transactions_);
        next_transactions_.bind(1, passed_id_).bind(2, static_cast<std::int64_t>(looks));
        while (over.size() < limit && next_transactions_.step()) {
            ++looked_at;
            passed_id_ = next_transactions_.integer(0);
            before_the_cut |= next_transactions_.integer(3) < oldest_event_ms_;
            if (next_transactions_.integer(1) >= kFirstFinal &&
                next_transactions_.integer(2) < oldest_event_ms_)
                over.push_back(passed_id_);
        }
    }
    for (const auto id : over) delete_transaction_.bind(1, id).run();
    // A transaction that arrived after the oldest kept event has all its events in the log, and so
    // do all later ones. Stop only after a full batch of such rows, not at the first: some times
    // come from wrong clocks.
    const bool more = over.size() == limit || (looked_at == looks && before_the_cut);
    if (!more) clean_up_ = CleanUp::blocks;
    return over.size();
}

std::uint64_t Trim::trim_blocks(std::uint64_t limit) {
    std::vector<std::int64_t> chains;
    {
        const ResetOnExit reset(chains_);
        while (chains_.step()) chains.push_back(chains_.integer(0));
    }
    std::uint64_t deleted = 0;
    for (const auto chain : chains)
        if (deleted < limit) deleted += trim_blocks_of(chain, limit - deleted);
    return deleted;
}

std::uint64_t Trim::trim_blocks_of(std::int64_t chain, std::uint64_t limit) {
    std::optional<std::int64_t> last;
    {
        const ResetOnExit reset(next_blocks_);
        next_blocks_.bind(1, chain).bind(2, static_cast<std::int64_t>(limit));
        while (next_blocks_.step() && next_blocks_.integer(1) * 1000 < oldest_event_ms_)
            last = next_blocks_.integer(0);
    }
    if (!last) return 0;
    delete_blocks_.bind(1, chain).bind(2, *last).run();
    return static_cast<std::uint64_t>(connection_.last_changes());
}

std::uint64_t Trim::trim_findings(std::uint64_t limit) {
    std::uint64_t deleted = 0;
    for (auto& statement : delete_findings_) {
        if (deleted == limit) break;
        statement.bind(1, oldest_event_ms_).bind_u64(2, limit - deleted).run();
        deleted += static_cast<std::uint64_t>(connection_.last_changes());
    }
    return deleted;
}

} // namespace viz::storage
