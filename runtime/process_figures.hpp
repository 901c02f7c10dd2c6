// What the kernel says of this process: for dashboards, and for a canary that has to notice
// growing memory. Read from /proc/self, which the unit's ProcSubset=pid leaves.
#pragma once

#include <cstdint>
#include <optional>

namespace viz::runtime {

struct ProcessFigures {
    std::uint64_t resident_bytes{}; // physical memory in use
    double cpu_s{};                 // user and system time of all threads
    std::uint64_t open_fds{};
};

// Nullopt where /proc cannot be read.
std::optional<ProcessFigures> read_process_figures();

} // namespace viz::runtime
