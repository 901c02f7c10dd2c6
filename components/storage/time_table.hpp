// The write times of the log, from trusted clock readings (log_clock.hpp), not from the times in
// events, which a wrong clock may have set. A row means: all events up to this one were written by
// this time.
#pragma once

#include <cstdint>
#include <optional>

#include "components/storage/log_clock.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

class TimeTable {
  public:
    // Creates the table if it is absent. It is not part of the schema's version: a program that
    // does not know it can use the rest.
    explicit TimeTable(Connection& connection);

    // Times ascend: an earlier row with a later time is redundant and is deleted.
    void note(std::uint64_t seq_id, const LogTime& time);
    // The newest row. For a log older than this table, a time that has certainly passed: the
    // earliest of its newest event's time and the newest block times of its chains. Empty for an
    // empty log.
    std::optional<LogTime> newest();
    // The time by which event `seq_id` was written; empty if unknown.
    std::optional<eth::UnixMs> written_by(std::uint64_t seq_id);
    // A time that had passed when event `seq_id`, which carries `event_ms`, was written.
    std::int64_t written_after(std::uint64_t seq_id, std::int64_t event_ms);
    // Deletes the rows before the newest one up to `seq_id`.
    void forget_before(std::uint64_t seq_id);

  private:
    std::optional<LogTime> time_of_unmarked_log();

    Connection& connection_;
    Statement drop_later_;
    Statement insert_;
    Statement newest_;
    Statement at_or_after_;
    Statement at_or_before_;
    Statement forget_;
};

} // namespace viz::storage
