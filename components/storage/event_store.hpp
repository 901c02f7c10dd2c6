// The record: an SQLite database (WAL) whose `events` table is the ordered log. One EventStore,
// owned by one thread, appends; any number of Readers look. Numbers are gapless from 1 and never
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

// What survives a power loss: everything accepted, or everything up to the last checkpoint. A
// crash of the process alone loses nothing in either mode.
enum class Synchronous : std::uint8_t { full, normal };

struct StoreOptions {
    Synchronous synchronous{Synchronous::full};
    std::int64_t sim_cases{1000}; // simulations kept with all they need to be run again; 0: none
    std::int64_t max_pages{0};    // of 4096 bytes, for tests of a full disk; 0: no bound
    // Called while an earlier version's events get their checksums, with the newest that has one.
    std::function<void(std::uint64_t)> on_sealed{};
};

// A journal entry: the value, and its encoded form, in which append() writes the number.
struct Entry {
    bus::Envelope envelope;
    bus::Payload payload;
};

struct StoreExtent {
    std::uint64_t oldest_seq_id{}; // 0: the log is empty
    std::uint64_t latest_seq_id{};
    std::uint64_t used_bytes{}; // pages in use; the file itself does not shrink, it uses them again
};

// What to delete of the oldest, at most; see retention.hpp.
struct TrimRequest {
    std::uint64_t up_to_seq_id{}; // the newest event always stays
    std::uint64_t max_events{};
    std::uint64_t max_transactions{};
    std::uint64_t max_blocks{};
    std::uint64_t max_findings{};
};
struct TrimCounts {
    std::uint64_t events{};
    std::uint64_t transactions{};
    std::uint64_t blocks{};
    std::uint64_t findings{}; // of opportunities, parities and exposures
    friend bool operator==(const TrimCounts&, const TrimCounts&) = default;
};

// What was found where the log ends, when it was opened.
struct OpeningReport {
    // Numbers that were shown, of events that are gone. They are not used again.
    std::uint64_t first_lost{};
    std::uint64_t last_lost{}; // 0: none
    std::vector<std::string> warnings;
};

class EventStore {
  public:
    // Creates the file where there is none, migrates an older one.
    static Result<std::unique_ptr<EventStore>, StoreFailure> open(const std::string& path,
                                                                  const StoreOptions& options = {});
    ~EventStore();
    EventStore(const EventStore&) = delete;
    EventStore& operator=(const EventStore&) = delete;

    // One transaction, all or nothing: numbers the events among `entries` in order (records keep
    // 0), writes them and what they change. After a failure nothing has been written and the same
    // call can be made again.
    std::optional<StoreFailure> append(std::span<Entry> entries);

    std::uint64_t latest_seq_id() const;
    const OpeningReport& opening() const;
    // Why the newest mark of the log's end (end_mark.hpp) could not be written; empty: it was.
    const std::string& mark_trouble() const;

    Result<StoreExtent, StoreFailure> extent();
    // One transaction, all or nothing, as append(); none where there is nothing to delete.
    Result<TrimCounts, StoreFailure> trim(const TrimRequest& request);

    // Whether the path it was opened by still names the file that is written.
    bool names_its_file() const;
    LogAhead log_ahead() const;

    // Times of the log that were believed; see time_table.hpp.
    Result<std::optional<LogTime>, StoreFailure> newest_time();
    Result<std::optional<eth::UnixMs>, StoreFailure> written_by(std::uint64_t seq_id);
    // All events that are in the log now were written by `time`.
    std::optional<StoreFailure> note_time(const LogTime& time);

  private:
    struct Impl;
    explicit EventStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::storage
