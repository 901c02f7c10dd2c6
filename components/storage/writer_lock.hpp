// One writer a store: two would give the same numbers twice.
#pragma once

#include <string>

namespace viz::storage {

// Holds an exclusive lock on `<store>.lock` until destroyed or the process ends, however it ends.
// A file of its own, because closing any descriptor of the database would drop SQLite's locks.
class WriterLock {
  public:
    // Throws StoreFailure busy when another process holds it.
    explicit WriterLock(const std::string& store_path);
    ~WriterLock();
    WriterLock(WriterLock&& other) noexcept;
    WriterLock& operator=(WriterLock&&) = delete;

  private:
    int fd_;
};

} // namespace viz::storage
