// A checksum in each page of a database file, so that a flipped bit is detected anywhere: in rows
// of any table, indexes, free pages and unused space. It is stored in eight reserved bytes at the
// end of each page (file format, section 1.3.4) by a custom VFS below SQLite when the page is
// written to the file. Other programs can read the file; pages that they write carry stale or no
// checksums (zeros: VACUUM by the sqlite3 shell).
//
// Pages are checked by `viz-replay verify`, not when they are read: one flipped bit must not make
// the other events of its page unreadable. Frames of the write-ahead log have SQLite's own
// checksums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace viz::storage {

inline constexpr int kPageReserve = 8;

// Registers the VFS once per process; returns its name for sqlite3_open_v2.
const char* page_checksum_vfs();

struct PageCheck {
    std::uint64_t pages{};
    std::uint64_t unsealed{};           // pages without a checksum; not checked
    bool none_expected{};               // a file of an earlier version, without reserved bytes
    std::vector<std::uint64_t> damaged; // page numbers, from 1
    std::string trouble{};              // why the check failed; empty: it ran
};
// Reads the file directly. A page that is being written may be read in part; it is then read again.
PageCheck check_pages(const std::string& path);

// The frames of a write-ahead log that a reader would use, and the state of those after them.
struct WalCheck {
    std::uint64_t frames{};        // up to the last commit that verifies
    bool damaged{};                // frames of this log follow the first that does not verify
    std::uint64_t first_damaged{}; // frame number, from 1; 0: the log's header
};
WalCheck check_wal(const std::string& wal_path);

} // namespace viz::storage
