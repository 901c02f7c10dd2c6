// The recorded state of one transaction, computed from its events by transaction_fold.hpp. Storage
// keeps one row per hash, the HTTP read model one object in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/messages.hpp"

namespace viz::bus {

// The texts are part of the HTTP contract, the numbers are stored: never reuse one. Statuses below
// kFirstSettledStatus are not final.
enum class LifecycleStatus : std::uint8_t {
    pending = 1, // seen, or reopened by a reorg, and not classified yet
    ready = 2,   // its nonce is the sender's next
    blocked = 3, // an earlier nonce is missing
    confirmed_provisional = 4,
    replaced = 10,
    dropped = 11,
    confirmed_final = 12,
};
inline constexpr std::uint8_t kFirstSettledStatus = 10;

std::string_view to_string(LifecycleStatus status);
std::optional<LifecycleStatus> lifecycle_status_from_number(std::int64_t number);
constexpr bool is_open(LifecycleStatus status) {
    return static_cast<std::uint8_t>(status) < kFirstSettledStatus;
}

struct TransactionRecord {
    struct Source {
        std::string source_id;
        UnixMs first_seen_unix_ms;
        bool backfilled{}; // found in the pool: first seen at or before that time
        friend bool operator==(const Source&, const Source&) = default;
    };
    Hash hash;
    ChainId chain_id;
    UnixMs first_seen_unix_ms;   // the earliest time of the sources and the decoder
    std::vector<Source> sources; // in order of first seen
    std::optional<TxDecoded> decoded;
    std::optional<Feature> feature;
    LifecycleStatus lifecycle_status{LifecycleStatus::pending};
    std::string lifecycle_reason;
    UnixMs lifecycle_updated_unix_ms; // 0: no lifecycle event yet
    std::optional<Hash>
        superseded_by; // replaced, or dropped because that transaction used the nonce
    std::optional<BlockNumber> included_block;
    std::optional<Hash> included_block_hash;
    std::optional<std::int64_t> inclusion_delay_ms;
};

} // namespace viz::bus
