#include "runtime/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace viz::runtime {

namespace {

std::optional<std::uint64_t> resident_pages() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    if (!(file >> total >> resident)) return std::nullopt;
    return resident;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t open_descriptors() {
    std::error_code error;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
         !error && entry != end; entry.increment(error))
        ++count;
    return count;
}

} // namespace

std::optional<ProcessFigures> read_process_figures() {
    const auto pages = resident_pages();
    if (!pages) return std::nullopt;
    return ProcessFigures{.resident_bytes =
                              *pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)),
                          .cpu_s = cpu_seconds(),
                          .open_fds = open_descriptors()};
}

} // namespace viz::runtime
