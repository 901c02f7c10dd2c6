// Files that are opened once per process and stay open. POSIX releases all record locks of a
// process on a file when any of its descriptors of that file is closed; SQLite's locks on the
// database and its -shm file are such locks. So code that reads these files beside SQLite must not
// close them. One descriptor per file, identified by device and inode; descriptors of deleted files
// are closed when the next file is opened.
#pragma once

#include <string>

#include <sys/types.h>

namespace viz::storage {

struct FileId {
    dev_t device{};
    ino_t inode{};
    friend bool operator==(const FileId&, const FileId&) = default;
};
// The identity of the file at `path`, following links; returns false with errno on failure.
bool identify(const std::string& path, FileId& out);

// Thread-safe. Process-wide state, since the locks that it protects are process-wide.
class LastingFiles {
  public:
    // Returns a descriptor, opened with `flags` (and mode 0644) unless the file is already open; -1
    // with errno. Do not close it.
    static int open(const std::string& path, int flags);
    // As above, with an exclusive flock(2), which is independent of SQLite's locks; -1 with errno
    // EWOULDBLOCK when another process, or another caller in this process, holds it.
    static int open_locked(const std::string& path, int flags);
    static void unlock(int fd);
};

} // namespace viz::storage
