// epoll and an eventfd to interrupt it: what the threads that write to sockets wait on.
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
        bool gone; // the other side closed, or the connection failed
    };
    // Not given to a caller's descriptor.
    static constexpr std::uint64_t kWakeId = UINT64_MAX;

    // Throws std::system_error when the process has no descriptors left (start-up failure).
    Poller();

    // False when the kernel refuses. Reports the other side's end, and room to write if asked.
    bool add(int fd, std::uint64_t id, bool writes);
    // Reports room to write, not that the other side sends no more: for who only writes.
    bool add_writes(int fd, std::uint64_t id);
    void want_writes(int fd, std::uint64_t id, bool writes);
    void remove(int fd);

    // The events of at most `limit`; wake-ups are swallowed.
    const std::vector<Event>& wait(std::chrono::milliseconds limit);
    // Thread-safe.
    void wake();

  private:
    UniqueFd epoll_;
    UniqueFd wake_;
    std::atomic<bool> woken_{false}; // a wake-up is due: another need not be written
    std::vector<Event> events_;
};

} // namespace viz::http
