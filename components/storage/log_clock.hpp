// The time by which retention deletes. A wrong wall clock must not delete the record, so the wall
// clock is trusted only if another source confirms it: the monotonic clock since the last trusted
// reading, or the time of a new block. While it is in doubt there is no time, and nothing is
// deleted by age.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "components/eth/types.hpp"

namespace viz::storage {

// The newest trusted time, as stored in the record.
struct LogTime {
    eth::UnixMs time;
    std::int64_t block_s{}; // time of the newest block that agreed with it; 0: none yet
};

enum class ClockDoubt : std::uint8_t { none, ahead, behind };
std::string_view to_string(ClockDoubt doubt);

class LogClock {
  public:
    // Maximum difference between the wall clock and its expected value that needs no confirmation
    // by a block: a restart, a correction by NTP.
    static constexpr std::chrono::milliseconds kLargestStep = std::chrono::minutes(10);
    // A block confirms the wall clock if its time differs by at most this.
    static constexpr std::chrono::milliseconds kBlockAgrees = std::chrono::minutes(5);
    // Within kLargestStep the expected time is corrected towards the wall clock by 1/kSlew of the
    // elapsed time.
    static constexpr std::int64_t kSlew = 100;
    // The monotonic clock alone does not confirm a longer interval between two readings.
    static constexpr std::chrono::milliseconds kLongestTurn = std::chrono::seconds(10);

    // `last` is empty for an empty record, whose first reading is trusted.
    explicit LogClock(std::optional<LogTime> last) : last_(last) {}

    // A block that has just been recorded; its time counts for the next reading only.
    void note_block(std::int64_t timestamp_s);

    struct Reading {
        // Both are empty while in doubt.
        std::optional<eth::UnixMs> at_least; // for deletion: the current time is at least this
        std::optional<LogTime> at_most; // for notes: events in the log were written by this time
        ClockDoubt doubt{};
        std::int64_t step_ms{}; // the wall clock minus its expected value
    };
    Reading read(eth::UnixMs wall, eth::MonoNs mono);

  private:
    std::optional<LogTime> last_;
    std::optional<eth::MonoNs> read_at_;
    std::int64_t new_block_s_{};
};

} // namespace viz::storage
