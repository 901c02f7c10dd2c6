// The write-ahead log of the record, seen from beside SQLite: how large it is, and which process
// keeps it from being started anew. A reader's snapshot is a lock in the -shm file that its own
// process alone can give up: the writer cannot end it, only name it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace viz::storage {

struct ForeignReader {
    pid_t pid{};         // 0: in another name space
    std::string command; // empty where it cannot be seen
    friend bool operator==(const ForeignReader&, const ForeignReader&) = default;
};

class LogAhead {
  public:
    explicit LogAhead(std::string store_path) : store_path_(std::move(store_path)) {}

    std::uint64_t bytes() const; // 0: there is none
    // Other processes that hold a snapshot now, each once. At most one for each of the four marks
    // that a snapshot can have; those behind it at the same mark are seen once it is gone.
    std::vector<ForeignReader> readers() const;

  private:
    std::string store_path_;
};

} // namespace viz::storage
