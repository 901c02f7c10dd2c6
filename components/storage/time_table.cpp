#include "components/storage/time_table.hpp"

#include <algorithm>

namespace viz::storage {

namespace {

constexpr const char* kTable = "CREATE TABLE IF NOT EXISTS log_times (seq_id INTEGER PRIMARY KEY, "
                               "unix_ms INTEGER NOT NULL, block_s INTEGER NOT NULL) STRICT";
constexpr const char* kNewestBlocks =
    "WITH RECURSIVE chain(id) AS (SELECT min(chain_id) FROM blocks UNION ALL "
    "SELECT (SELECT min(chain_id) FROM blocks WHERE chain_id > chain.id) FROM chain "
    "WHERE chain.id IS NOT NULL) SELECT (SELECT timestamp_s FROM blocks WHERE chain_id = chain.id "
    "ORDER BY number DESC LIMIT 1) FROM chain WHERE id IS NOT NULL";

Connection& with_table(Connection& connection) {
    connection.execute(kTable);
    return connection;
}

} // namespace

TimeTable::TimeTable(Connection& connection)
    : connection_(with_table(connection)),
      drop_later_(connection.prepare(
          "DELETE FROM log_times WHERE seq_id > coalesce((SELECT seq_id FROM log_times "
          "WHERE unix_ms < ?1 ORDER BY seq_id DESC LIMIT 1), -1)")),
      insert_(connection.prepare("INSERT OR REPLACE INTO log_times VALUES (?1,?2,?3)")),
      newest_(connection.prepare(
          "SELECT unix_ms, block_s FROM log_times ORDER BY seq_id DESC LIMIT 1")),
      at_or_after_(connection.prepare(
          "SELECT unix_ms FROM log_times WHERE seq_id >= ?1 ORDER BY seq_id LIMIT 1")),
      at_or_before_(connection.prepare(
          "SELECT unix_ms FROM log_times WHERE seq_id <= ?1 ORDER BY seq_id DESC LIMIT 1")),
      forget_(connection.prepare("DELETE FROM log_times WHERE seq_id < "
                                 "(SELECT max(seq_id) FROM log_times WHERE seq_id <= ?1)")) {}

void TimeTable::note(std::uint64_t seq_id, const LogTime& time) {
    drop_later_.bind(1, time.time.value).run();
    insert_.bind_u64(1, seq_id).bind(2, time.time.value).bind(3, time.block_s).run();
}

std::optional<LogTime> TimeTable::newest() {
    {
        const ResetOnExit reset(newest_);
        if (newest_.step())
            return LogTime{.time = eth::UnixMs{newest_.integer(0)}, .block_s = newest_.integer(1)};
    }
    return time_of_unmarked_log();
}

std::optional<LogTime> TimeTable::time_of_unmarked_log() {
    auto event = connection_.prepare("SELECT ts_unix_ms FROM events ORDER BY seq_id DESC LIMIT 1");
    if (!event.step()) return std::nullopt;
    auto time = event.integer(0);
    auto blocks = connection_.prepare(kNewestBlocks);
    while (blocks.step()) time = std::min(time, blocks.integer(0) * 1000);
    return LogTime{.time = eth::UnixMs{time}};
}

std::optional<eth::UnixMs> TimeTable::written_by(std::uint64_t seq_id) {
    const ResetOnExit reset(at_or_after_);
    at_or_after_.bind_u64(1, seq_id);
    if (!at_or_after_.step()) return std::nullopt;
    return eth::UnixMs{at_or_after_.integer(0)};
}

std::int64_t TimeTable::written_after(std::uint64_t seq_id, std::int64_t event_ms) {
    {
        const ResetOnExit reset(at_or_before_);
        at_or_before_.bind_u64(1, seq_id);
        if (at_or_before_.step()) return std::min(event_ms, at_or_before_.integer(0));
    }
    const auto by = written_by(seq_id);
    return by ? std::min(event_ms, by->value) : event_ms;
}

void TimeTable::forget_before(std::uint64_t seq_id) {
    forget_.bind_u64(1, seq_id).run();
}

} // namespace viz::storage
