// A checksum in each page of a database file, so that a flipped bit shows wherever it is: in rows
// of any table, indexes, free pages and unused space. Kept in eight reserved bytes at the end of
// each page (file format, section 1.3.4), by a VFS of ours below SQLite, which writes them with the
// page into the file. Other programs read such a file as any other; pages that they write carry
// stale or no checksums (zeros: VACUUM by the sqlite3 shell).
//
// Pages are checked by `viz-replay verify`, not when they are read: one bit must not cost the other
// events of its page. Frames of the write-ahead log have SQLite's own checksums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace viz::storage {

inline constexpr int kPageReserve = 8;

// Registers the VFS, once a process; its name for sqlite3_open_v2.
const char* page_checksum_vfs();

struct PageCheck {
    std::uint64_t pages{};
    std::uint64_t unsealed{};           // pages without a checksum; not checked
    bool none_expected{};               // the file has no room for them: of an earlier version
    std::vector<std::uint64_t> damaged; // page numbers, from 1
    std::string trouble{};              // why nothing could be checked; empty: it was
};
// Reads the file by itself. While it is written a page can be met half-way: such a one is read
// again.
PageCheck check_pages(const std::string& path);

// Frames of a write-ahead log that a reader would take, and what lies behind them.
struct WalCheck {
    std::uint64_t frames{};        // up to the last commit that verifies
    bool damaged{};                // frames of this log lie behind the first that does not verify
    std::uint64_t first_damaged{}; // frame number, from 1; 0: the log's header
};
WalCheck check_wal(const std::string& wal_path);

} // namespace viz::storage
