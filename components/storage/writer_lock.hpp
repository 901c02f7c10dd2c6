// Ensures a single writer per store: two writers would assign the same numbers twice.
#pragma once

#include <string>

#include "components/storage/lasting_files.hpp"

namespace viz::storage {

// Holds an exclusive lock on the database file itself until destroyed or until the process ends in
// any way. The lock applies to the file under all its names (a symbolic or hard link, a bind
// mount). flock(2) and SQLite's record locks are independent on a local file system, the only kind
// that supports a write-ahead log. `<store>.lock` is locked as well, only to exclude earlier
// versions during an upgrade.
class WriterLock {
  public:
    // Creates the file, empty, if it is absent. Throws StoreFailure busy when it is locked.
    explicit WriterLock(const std::string& store_path);
    ~WriterLock();
    WriterLock(WriterLock&& other) noexcept;
    WriterLock& operator=(WriterLock&&) = delete;

    // Whether the path still refers to the locked file. If the file was moved, deleted or replaced,
    // other processes do not see the writes.
    bool names_its_file() const;

  private:
    std::string path_;
    FileId file_;
    int fd_{-1};
    int earlier_fd_{-1}; // of `<store>.lock`
};

} // namespace viz::storage
