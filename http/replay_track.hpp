// The pending count as the log grew: points over everything the model has seen, thinned out so that
// they stay few and evenly spaced.
#pragma once

#include <cstdint>
#include <vector>

#include "bus/pending_set.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

using ReplayPoint = bus::PendingPoint;

class ReplayTrack {
  public:
    // Between `capacity` / 2 and `capacity` points after that many events.
    explicit ReplayTrack(std::size_t capacity = 16384) : points_(capacity), capacity_(capacity) {}

    // The points at one moment; usable on any thread.
    class View {
      public:
        // Newest first, at most `limit`; always includes the newest.
        std::vector<ReplayPoint> points(std::size_t limit) const;
        std::size_t size() const { return points_.size(); }

      private:
        friend class ReplayTrack;
        VersionedLog<ReplayPoint>::View points_;
        ReplayPoint newest_;
    };

    void add(const ReplayPoint& point);
    // Starts with earlier points, ascending, one per `every` events, and continues with that
    // spacing.
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
    std::uint64_t every_{1}; // one point per this many events
    std::uint64_t skipped_{};
    ReplayPoint newest_;
};

} // namespace viz::http
