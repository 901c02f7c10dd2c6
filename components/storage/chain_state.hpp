// The start and end of the checksum chain and the lost events: the writer's tables `log_start` and
// `lost_events`, and the checksums for events written before checksums existed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "components/storage/event_chain.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

using RecordId = std::array<std::uint8_t, 16>; // random id of this record and its copies

struct LogStart {
    RecordId record_id{};
    std::uint64_t before_seq_id{}; // number of the event before the first kept one
    ChainLink before_link{};
};

// Numbers of lost events that clients have already received.
struct LostEvents {
    std::uint64_t first_seq_id{};
    std::uint64_t last_seq_id{};
    std::int64_t found_unix_ms{};
    ChainLink link{}; // the link that the following event continues
};

// Empty if the row is absent or damaged.
std::optional<LogStart> read_log_start(Connection& connection);
void write_log_start(Connection& connection, const LogStart& start);

struct LostList {
    std::vector<LostEvents> stretches; // ascending
    std::uint64_t damaged{};           // rows that do not verify; not in the list

    bool holds(std::uint64_t seq_id) const;
};
LostList read_lost(Connection& connection);
void add_lost(Connection& connection, const LostEvents& lost);

// Adds a checksum to each event without one, in order, a few thousand per transaction, so that an
// interrupted run can resume. Calls `progress` periodically with the newest sealed number.
void seal_earlier_events(Connection& connection,
                         const std::function<void(std::uint64_t)>& progress);

} // namespace viz::storage
