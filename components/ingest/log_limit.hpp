// Limits a log to one line per second and subject, and counts the suppressed lines.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "components/ingest/time_source.hpp"

namespace viz::ingest {

class LogLimit {
  public:
    // The number of lines suppressed since the last one; nothing when this line is suppressed.
    std::optional<std::uint64_t> allow(Mono now) {
        if (last_ && now - *last_ < std::chrono::seconds(1)) {
            ++held_back_;
            return std::nullopt;
        }
        last_ = now;
        return std::exchange(held_back_, 0);
    }

  private:
    std::optional<Mono> last_;
    std::uint64_t held_back_{};
};

} // namespace viz::ingest
