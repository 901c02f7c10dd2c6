// One followed transaction. Two things are known of it apart: its standing in the pool (decided by
// fees and presence) and its standing on the chain (decided by blocks and the account nonce). The
// chain wins while it has something to say; a reorganisation clears it and the pool's shows again.
#pragma once

#include <cstdint>
#include <optional>

#include "bus/messages.hpp"
#include "components/lifecycle/absence_tracker.hpp"
#include "components/lifecycle/replacement.hpp"

namespace viz::lifecycle {

// As the API names it. A transaction whose sender's nonce is not known yet is pending.
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
    absent_from_pool,        // denied by the node for longer than drop_after; reversible
    nonce_used,              // another transaction with the nonce was mined
    underpriced_replacement, // came after a better one with the same nonce
    sender_limit,            // given up: too many of one sender
    pool_limit,              // given up: too many in all
};
std::string_view to_string(DropReason reason);
std::optional<DropReason> drop_reason_from_string(std::string_view text);

enum class PoolStanding : std::uint8_t { active, replaced, underpriced, absent };
enum class ChainStanding : std::uint8_t { open, confirmed, nonce_used };

// Which bound a transaction counts against, and in which order they are given up.
enum class EvictionClass : std::uint8_t { losers, blocked, pending, ready, settled };
inline constexpr std::size_t kEvictionClasses = 5;

// Fields stand by subject as far as padding allows; the small ones are together at the end.
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

    bus::BlockNumber block_number; // since which the chain's standing holds
    bus::Hash block_hash;          // confirmed
    std::int64_t block_timestamp_s{};
    std::optional<bus::Hash> used_by; // nonce_used, where known

    // What the last event about it said: events are the difference between this and what holds.
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
    EvictionClass shelf{EvictionClass::pending};
    bool backfilled{};
    bool verified{true}; // confirmed: the block is canonical for all we know
    bool overtaken{};    // open below the account nonce, and asked about
    bool reopened{};     // a reorganisation opened it and no event has said so yet
};

} // namespace viz::lifecycle
