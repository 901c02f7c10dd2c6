// The checksum of each row of `events`: sixteen bytes that show any flipped bit of the row, and tie
// it to the row before it. Against damage, not against forgery.
//
//   digest  = XXH3-128 of all columns but the checksum
//   link    = XXH3-64 (link of the row before, digest)     first half: order and absence
//   check   = XXH3-64 (digest, link)                        second half: this row, by itself
//
// So a row is checked without its neighbours: one that is damaged or gone condemns no other.
// XXH3 takes 30 ns for a usual event of 450 bytes, SHA-256 (with the processor's help) 300 ns.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace viz::storage {

// Of an event and all before it. Zeros: of no event, where a log begins.
using ChainLink = std::array<std::uint8_t, 8>;
using EventChecksum = std::array<std::uint8_t, 16>; // link, check

// A row of `events`, as SQLite holds it: unsigned values by bit pattern.
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

// The row is as it was written.
bool verifies(const EventRow& row, std::span<const std::uint8_t> checksum);
// It follows the row of this link. Of one that verifies.
bool follows(const ChainLink& before, const EventRow& row, const ChainLink& link);

// For the rows and slots that keep a link in a second place.
std::uint64_t digest_of(std::span<const std::uint8_t> bytes, std::uint64_t seed = 0);

} // namespace viz::storage
