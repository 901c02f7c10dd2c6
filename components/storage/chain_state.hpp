// Where the chain of checksums begins and ends, and what is lost of it: the writer's tables
// `log_start` and `lost_events`, and the seal of events from before there were checksums.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "components/storage/event_chain.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

using RecordId = std::array<std::uint8_t, 16>; // random: which record this is, and copies of it

struct LogStart {
    RecordId record_id{};
    std::uint64_t before_seq_id{}; // of the event before the first that is kept
    ChainLink before_link{};
};

// Numbers that clients were shown, of events that are lost.
struct LostEvents {
    std::uint64_t first_seq_id{};
    std::uint64_t last_seq_id{};
    std::int64_t found_unix_ms{};
    ChainLink link{}; // what the event behind them follows
};

// Nothing where the row is absent or damaged.
std::optional<LogStart> read_log_start(Connection& connection);
void write_log_start(Connection& connection, const LogStart& start);

struct LostList {
    std::vector<LostEvents> stretches; // ascending
    std::uint64_t damaged{};           // rows that do not verify; not in the list

    bool holds(std::uint64_t seq_id) const;
};
LostList read_lost(Connection& connection);
void add_lost(Connection& connection, const LostEvents& lost);

// Gives each event without a checksum one, in order, some thousand a transaction, so that it goes
// on where it was interrupted. `progress`: now and then, with the newest sealed number.
void seal_earlier_events(Connection& connection,
                         const std::function<void(std::uint64_t)>& progress);

} // namespace viz::storage
