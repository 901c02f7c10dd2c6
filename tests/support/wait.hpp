// Waiting in tests: on a condition, with a deadline; never on time alone.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace viz::test {

inline constexpr std::chrono::seconds kDeadline{20};

// True as soon as the condition holds; false when it did not within the deadline.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds deadline = kDeadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

} // namespace viz::test
