// Files that are opened once in a process and stay open. POSIX takes all of a process's record
// locks on a file when any of its descriptors of that file is closed; SQLite's locks on the
// database and on its -shm file are such locks. So what looks at these files beside SQLite must not
// close them. One descriptor a file, by device and inode; those of deleted files are closed when
// the next is opened.
#pragma once

#include <string>

#include <sys/types.h>

namespace viz::storage {

struct FileId {
    dev_t device{};
    ino_t inode{};
    friend bool operator==(const FileId&, const FileId&) = default;
};
// Of the file that `path` names, through links; errno is set when it is false.
bool identify(const std::string& path, FileId& out);

// Thread-safe. The only state of the process here, as the locks that it guards are the process's.
class LastingFiles {
  public:
    // A descriptor, opened with `flags` (and mode 0644) where the file is not open yet; -1 with
    // errno. Not to be closed.
    static int open(const std::string& path, int flags);
    // The same, with an exclusive flock(2), which SQLite's locks do not touch; -1 with errno
    // EWOULDBLOCK when another process, or another caller in this one, holds it.
    static int open_locked(const std::string& path, int flags);
    static void unlock(int fd);
};

} // namespace viz::storage
