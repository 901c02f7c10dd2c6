// The record: an SQLite database (WAL) whose `events` table is the ordered log. One EventStore,
// owned by one thread, appends; any number of Readers read. Numbers are gapless from 1 and never
// reused; what append() accepted is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bus/codec.hpp"
#include "components/eth/result.hpp"
#include "components/storage/log_ahead.hpp"
#include "components/storage/log_clock.hpp"
#include "components/storage/store_error.hpp"

namespace viz::storage {

// What survives a power loss: every accepted event, or every event up to the last checkpoint. A
// crash of the process loses nothing in either mode.
enum class Synchronous : std::uint8_t { full, normal };

struct StoreOptions {
    Synchronous synchronous{Synchronous::full};
    std::int64_t sim_cases{1000}; // simulations kept with all data to run them again; 0: none
    std::int64_t max_pages{0};    // of 4096 bytes, to test a full disk; 0: unlimited
    // Called with the newest sealed number while events of an earlier version get their checksums.
    std::function<void(std::uint64_t)> on_sealed{};
};

// A journal entry: the value, and its encoded form, into which append() writes the number.
struct Entry {
    bus::Envelope envelope;
    bus::Payload payload;
};

struct StoreExtent {
    std::uint64_t oldest_seq_id{}; // 0: the log is empty
    std::uint64_t latest_seq_id{};
    std::uint64_t used_bytes{}; // pages in use; free pages are reused, the file does not shrink
};

// The maximum to delete from the oldest on; see retention.hpp.
struct TrimRequest {
    std::uint64_t up_to_seq_id{}; // the newest event always remains
    std::uint64_t max_events{};
    std::uint64_t max_transactions{};
    std::uint64_t max_blocks{};
    std::uint64_t max_findings{};
};
struct TrimCounts {
    std::uint64_t events{};
    std::uint64_t transactions{};
    std::uint64_t blocks{};
    std::uint64_t findings{}; // opportunities, parities and exposures
    friend bool operator==(const TrimCounts&, const TrimCounts&) = default;
};

// The state of the log's end when the store was opened.
struct OpeningReport {
    // Numbers of lost events that were already published. They are not reused.
    std::uint64_t first_lost{};
    std::uint64_t last_lost{}; // 0: none
    std::vector<std::string> warnings;
};

class EventStore {
  public:
    // Creates the file if it is absent, migrates an older one.
    static Result<std::unique_ptr<EventStore>, StoreFailure> open(const std::string& path,
                                                                  const StoreOptions& options = {});
    ~EventStore();
    EventStore(const EventStore&) = delete;
    EventStore& operator=(const EventStore&) = delete;

    // One transaction, all or nothing: numbers the events among `entries` in order (records keep
    // 0), writes them and updates derived rows. After a failure nothing is written, and the call
    // can be repeated.
    std::optional<StoreFailure> append(std::span<Entry> entries);

    std::uint64_t latest_seq_id() const;
    const OpeningReport& opening() const;
    // Why the newest end mark (end_mark.hpp) could not be written; empty after success.
    const std::string& mark_trouble() const;

    Result<StoreExtent, StoreFailure> extent();
    // One transaction, all or nothing, like append(); none if there is nothing to delete.
    Result<TrimCounts, StoreFailure> trim(const TrimRequest& request);

    // Whether the path still refers to the open file.
    bool names_its_file() const;
    LogAhead log_ahead() const;
    // Readers that are always in the middle of a read keep the write-ahead log from beginning anew.
    // Where it is long, waits up to 250 ms for the readers of the moment; the next ones read the
    // database file and do not hold it up. It waits more rarely each time that was in vain, as a
    // reader may hold its snapshot for hours. To be called now and then between appends.
    void restart_long_log();

    // Trusted times of the log; see time_table.hpp.
    Result<std::optional<LogTime>, StoreFailure> newest_time();
    Result<std::optional<eth::UnixMs>, StoreFailure> written_by(std::uint64_t seq_id);
    // Records that all events now in the log were written by `time`.
    std::optional<StoreFailure> note_time(const LogTime& time);

  private:
    struct Impl;
    explicit EventStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::storage
