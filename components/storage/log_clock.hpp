// The time by which retention deletes. A wall clock that is wrong must not delete the record, so it
// is believed only where something else says the same: the monotonic clock since it was believed
// last, or the time of a new block. In doubt there is no time, and nothing is deleted by age.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "components/eth/types.hpp"

namespace viz::storage {

// The newest time that was believed, as the record keeps it.
struct LogTime {
    eth::UnixMs time;
    std::int64_t block_s{}; // of the newest block that agreed with it; 0: none yet
};

enum class ClockDoubt : std::uint8_t { none, ahead, behind };
std::string_view to_string(ClockDoubt doubt);

class LogClock {
  public:
    // Largest difference between the wall clock and what is expected of it that needs no block: a
    // restart, a correction by NTP.
    static constexpr std::chrono::milliseconds kLargestStep = std::chrono::minutes(10);
    // A block whose time is this close to the wall clock agrees with it.
    static constexpr std::chrono::milliseconds kBlockAgrees = std::chrono::minutes(5);
    // Within kLargestStep the expectation follows the wall clock by this part of the time passed.
    static constexpr std::int64_t kSlew = 100;
    // A longer pause between two readings is not proven by the monotonic clock alone.
    static constexpr std::chrono::milliseconds kLongestTurn = std::chrono::seconds(10);

    // `last`: nothing for an empty record, whose first reading is believed.
    explicit LogClock(std::optional<LogTime> last) : last_(last) {}

    // A block that has just been recorded; its time counts for the next reading only.
    void note_block(std::int64_t timestamp_s);

    struct Reading {
        // Both nothing while in doubt.
        std::optional<eth::UnixMs> at_least; // what is deleted must be older than this allows
        std::optional<LogTime> at_most;      // what is in the log was written by then
        ClockDoubt doubt{};
        std::int64_t step_ms{}; // the wall clock minus what is expected of it
    };
    Reading read(eth::UnixMs wall, eth::MonoNs mono);

  private:
    std::optional<LogTime> last_;
    std::optional<eth::MonoNs> read_at_;
    std::int64_t new_block_s_{};
};

} // namespace viz::storage
