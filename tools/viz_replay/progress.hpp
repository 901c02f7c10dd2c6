// One progress line, rewritten a few times per second, on a terminal only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace viz::replay {

class Progress {
  public:
    // `total` 0: unknown.
    Progress(std::string what, std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void at(std::uint64_t done);

  private:
    using Clock = std::chrono::steady_clock;
    std::string what_;
    std::uint64_t total_;
    bool terminal_;
    bool shown_{};
    std::uint64_t calls_{};
    Clock::time_point last_;
};

} // namespace viz::replay
