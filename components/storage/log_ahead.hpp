// Observes the record's write-ahead log beside SQLite: its size, and the processes that prevent its
// restart. A reader's snapshot is a lock in the -shm file that only the reader's process can
// release: the writer can report it, but not end it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace viz::storage {

struct ForeignReader {
    pid_t pid{};         // 0: in another PID namespace
    std::string command; // empty if not visible
    friend bool operator==(const ForeignReader&, const ForeignReader&) = default;
};

class LogAhead {
  public:
    explicit LogAhead(std::string store_path) : store_path_(std::move(store_path)) {}

    std::uint64_t bytes() const; // 0: no write-ahead log
    // Other processes that hold a snapshot, without duplicates. At most one for each of the four
    // read marks: further readers at the same mark become visible after the first one is gone.
    std::vector<ForeignReader> readers() const;

  private:
    std::string store_path_;
};

} // namespace viz::storage
