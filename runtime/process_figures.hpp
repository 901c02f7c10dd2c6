// The kernel's figures of this process: for dashboards, and for the canary, which checks memory
// growth. Read from /proc/self, which stays readable with the unit's ProcSubset=pid.
#pragma once

#include <cstdint>
#include <optional>

namespace viz::runtime {

struct ProcessFigures {
    std::uint64_t resident_bytes{}; // physical memory in use
    double cpu_s{};                 // user and system time of all threads
    std::uint64_t open_fds{};
};

// std::nullopt when /proc cannot be read.
std::optional<ProcessFigures> read_process_figures();

} // namespace viz::runtime
