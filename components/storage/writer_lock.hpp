// One writer a store: two would give the same numbers twice.
#pragma once

#include <string>

#include "components/storage/lasting_files.hpp"

namespace viz::storage {

// Holds an exclusive lock on the database file itself until destroyed or the process ends, however
// it ends: whatever name it is reached by (a symbolic or hard link, a bind mount), it is one file.
// flock(2) and SQLite's record locks do not touch each other on a local file system, the only kind
// that holds a write-ahead log. `<store>.lock` is locked as well, as earlier versions did: it keeps
// one of those out while versions change, and nothing depends on it otherwise.
class WriterLock {
  public:
    // Makes the file, empty, where there is none. Throws StoreFailure busy when it is locked.
    explicit WriterLock(const std::string& store_path);
    ~WriterLock();
    WriterLock(WriterLock&& other) noexcept;
    WriterLock& operator=(WriterLock&&) = delete;

    // Whether the path still names the file that is locked. Where it was moved, deleted or
    // replaced, what is written is not what others find there.
    bool names_its_file() const;

  private:
    std::string path_;
    FileId file_;
    int fd_{-1};
    int earlier_fd_{-1}; // of `<store>.lock`
};

} // namespace viz::storage
