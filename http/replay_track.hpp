// How many transactions were pending as the log grew: points over all the model has seen, thinned
// as it grows so that they stay few and evenly spread.
#pragma once

#include <cstdint>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::http {

struct ReplayPoint {
    std::uint64_t seq_hi{};
    eth::UnixMs timestamp;
    std::uint64_t pending_count{};
};

class ReplayTrack {
  public:
    // Between `capacity` / 2 and `capacity` points once there have been that many events.
    explicit ReplayTrack(std::size_t capacity = 16384) : capacity_(capacity) {}

    void add(const ReplayPoint& point);

    // Newest first, at most `limit`: the newest is always the first of them.
    std::vector<ReplayPoint> points(std::size_t limit) const;
    std::size_t size() const { return points_.size(); }

  private:
    std::size_t capacity_;
    std::uint64_t every_{1}; // one point for so many events
    std::uint64_t skipped_{};
    std::vector<ReplayPoint> points_;
    ReplayPoint newest_;
};

} // namespace viz::http
