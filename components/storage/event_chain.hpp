// The checksum of each row of `events`: sixteen bytes that detect any flipped bit of the row and
// link it to the previous row. Protects against damage, not against forgery.
//
//   digest  = XXH3-128 of all columns except the checksum
//   link    = XXH3-64 (link of the previous row, digest)   first half: order and gaps
//   check   = XXH3-64 (digest, link)                       second half: this row alone
//
// So a row is verified without its neighbours: a damaged or missing row invalidates no other row.
// XXH3 takes 30 ns for a typical event of 450 bytes, SHA-256 (with hardware support) 300 ns.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace viz::storage {

// Covers an event and all before it. Zeros: no event, at the start of a log.
using ChainLink = std::array<std::uint8_t, 8>;
using EventChecksum = std::array<std::uint8_t, 16>; // link, check

// A row of `events` as stored by SQLite: unsigned values by bit pattern.
struct EventRow {
    std::int64_t seq_id{};
    std::int64_t ts_unix_ms{};
    std::int64_t mono_ns{};
    std::int64_t chain_id{};
    std::int64_t source{};
    std::int64_t type{};
    std::span<const std::uint8_t> payload;
};

EventChecksum checksum_of(const ChainLink& before, const EventRow& row);
ChainLink link_of(std::span<const std::uint8_t, 16> checksum);

// Whether the row is intact.
bool verifies(const EventRow& row, std::span<const std::uint8_t> checksum);
// Whether the row continues the chain after `before`. Requires that the row verifies.
bool follows(const ChainLink& before, const EventRow& row, const ChainLink& link);

// For rows and slots that store a second copy of a link.
std::uint64_t digest_of(std::span<const std::uint8_t> bytes, std::uint64_t seed = 0);

} // namespace viz::storage
