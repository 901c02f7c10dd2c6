// One tracked transaction. It has two independent standings: in the pool (decided by fees and
// presence) and on the chain (decided by blocks and the account nonce). The chain standing takes
// precedence; a reorganisation clears it, and the pool standing applies again.
#pragma once

#include <cstdint>
#include <optional>

#include "bus/messages.hpp"
#include "components/lifecycle/absence_tracker.hpp"
#include "components/lifecycle/replacement.hpp"

namespace viz::lifecycle {

// The API's status names. A transaction is pending while its sender's nonce is unknown.
enum class Status : std::uint8_t {
    pending,
    ready,
    blocked,
    replaced,
    dropped,
    confirmed_provisional,
    confirmed_final,
};
inline constexpr std::size_t kStatusCount = 7;
std::string_view to_string(Status status);

enum class DropReason : std::uint8_t {
    absent_from_pool,        // reported as absent for longer than drop_after; reversible
    nonce_used,              // another transaction with the nonce was mined
    underpriced_replacement, // arrived after a better one with the same nonce
    sender_limit,            // evicted: too many transactions of one sender
    pool_limit,              // evicted: too many transactions in total
};
std::string_view to_string(DropReason reason);
std::optional<DropReason> drop_reason_from_string(std::string_view text);

enum class PoolStanding : std::uint8_t { active, replaced, underpriced, absent };
enum class ChainStanding : std::uint8_t { open, confirmed, nonce_used };

// The limit that a transaction counts against, and the order of eviction.
enum class EvictionClass : std::uint8_t { losers, blocked, pending, ready, settled };
inline constexpr std::size_t kEvictionClasses = 5;

// Fields are grouped by topic as far as padding allows; small fields are at the end.
struct Entry {
    bus::Hash hash;
    bus::Address sender;
    bus::Nonce nonce{};
    std::uint64_t arrival{}; // order of arrival, from 1
    bus::UnixMs first_seen;
    Fees fees;
    Intent intent;

    bus::Hash beaten_by; // replaced, underpriced
    AbsenceTracker absence;

    bus::BlockNumber block_number; // block since which the chain standing holds
    bus::Hash block_hash;          // confirmed
    std::int64_t block_timestamp_s{};
    std::optional<bus::Hash> used_by; // nonce_used, if known

    // The content of the last event about the transaction: new events report the difference from
    // it.
    bus::Nonce reported_expected{};
    bus::Hash reported_by;

    Entry* eviction_prev{};
    Entry* eviction_next{};

    std::uint32_t bump{};   // replaced: in 1/10000
    ReplacementKind kind{}; // replaced
    PoolStanding pool{PoolStanding::active};
    ChainStanding chain{ChainStanding::open};
    Status reported{Status::pending};
    DropReason reported_drop{};
    EvictionClass eviction_class{EvictionClass::pending};
    bool backfilled{};
    bool verified{true}; // confirmed: the block is canonical as far as known
    bool overtaken{};    // open below the account nonce, query planned
    bool reopened{};     // reopened by a reorganisation, not yet reported
};

} // namespace viz::lifecycle
