// How many transactions were pending as the log grew: points over all the model has seen, thinned
// as it grows so that they stay few and evenly spread.
#pragma once

#include <cstdint>
#include <vector>

#include "bus/pending_set.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

using ReplayPoint = bus::PendingPoint;

class ReplayTrack {
  public:
    // Between `capacity` / 2 and `capacity` points once there have been that many events.
    explicit ReplayTrack(std::size_t capacity = 16384) : points_(capacity), capacity_(capacity) {}

    // The points at one moment; of any thread.
    class View {
      public:
        // Newest first, at most `limit`: the newest is always the first of them.
        std::vector<ReplayPoint> points(std::size_t limit) const;
        std::size_t size() const { return points_.size(); }

      private:
        friend class ReplayTrack;
        VersionedLog<ReplayPoint>::View points_;
        ReplayPoint newest_;
    };

    void add(const ReplayPoint& point);
    // Begins with points of the past, ascending, one for `every` events; so it goes on.
    void begin_with(const std::vector<ReplayPoint>& past, std::uint64_t every);

    View view() const {
        View view;
        view.points_ = points_.view();
        view.newest_ = newest_;
        return view;
    }

  private:
    VersionedLog<ReplayPoint> points_;
    std::size_t capacity_;
    std::uint64_t every_{1}; // one point for so many events
    std::uint64_t skipped_{};
    ReplayPoint newest_;
};

} // namespace viz::http
