// When the log was written, by times that were believed (log_clock.hpp), not by those in the
// events, which a wrong clock may have given. A row says: up to this event, all was written by this
// time.
#pragma once

#include <cstdint>
#include <optional>

#include "components/storage/log_clock.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

class TimeTable {
  public:
    // Makes the table where there is none. It is not part of a version of the schema: a program
    // that does not know it reads and writes the rest as ever.
    explicit TimeTable(Connection& connection);

    // Times ascend: an earlier row with a later time says nothing more, and goes.
    void note(std::uint64_t seq_id, const LogTime& time);
    // The newest row. Of a log from before there were rows, a time that is certainly over: that of
    // its newest event or of the newest block of a chain, the earliest. Nothing for an empty log.
    std::optional<LogTime> newest();
    // By when event `seq_id` was written; nothing where it is not known.
    std::optional<eth::UnixMs> written_by(std::uint64_t seq_id);
    // A time that was over when event `seq_id`, which carries `event_ms`, was written.
    std::int64_t written_after(std::uint64_t seq_id, std::int64_t event_ms);
    // Leaves the newest row of those up to `seq_id`.
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
