#include "tools/viz_replay/progress.hpp"

#include <unistd.h>

#include <iostream>

namespace viz::replay {

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), terminal_(::isatty(STDERR_FILENO) == 1),
      last_(Clock::now()) {}

Progress::~Progress() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::at(std::uint64_t done) {
    if (!terminal_ || ++calls_ % 1024 != 0) return;
    if (Clock::now() - last_ < std::chrono::milliseconds(250)) return;
    last_ = Clock::now();
    shown_ = true;
    std::cerr << "\r\033[K" << what_ << " " << done;
    if (total_ > 0) std::cerr << " of " << total_ << " (" << done * 100 / total_ << " %)";
    std::cerr << std::flush;
}

} // namespace viz::replay
