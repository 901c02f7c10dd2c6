// epoll with an eventfd to interrupt it, for the threads that write to sockets.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "http/unique_fd.hpp"

namespace viz::http {

class Poller {
  public:
    struct Event {
        std::uint64_t id;
        bool writable;
        bool gone; // the peer closed, or the connection failed
    };
    // Never used for a caller's descriptor.
    static constexpr std::uint64_t kWakeId = UINT64_MAX;

    // Throws std::system_error when the process has no descriptors left (start-up failure).
    Poller();

    // False when the kernel refuses. Reports the peer's end, and writability if requested.
    bool add(int fd, std::uint64_t id, bool writes);
    // Reports writability, but not that the peer stopped sending: for write-only users.
    bool add_writes(int fd, std::uint64_t id);
    void want_writes(int fd, std::uint64_t id, bool writes);
    void remove(int fd);

    // Events within `limit`; wake-ups are consumed.
    const std::vector<Event>& wait(std::chrono::milliseconds limit);
    // Thread-safe.
    void wake();

  private:
    UniqueFd epoll_;
    UniqueFd wake_;
    std::atomic<bool> woken_{false}; // a wake-up is pending: no further write is needed
    std::vector<Event> events_;
};

} // namespace viz::http
