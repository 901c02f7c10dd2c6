#include "http/replay_track.hpp"

#include <algorithm>

namespace viz::http {

void ReplayTrack::add(const ReplayPoint& point) {
    newest_ = point;
    if (skipped_ + 1 < every_) {
        ++skipped_;
        return;
    }
    skipped_ = 0;
    if (points_.size() >= capacity_) {
        VersionedLog<ReplayPoint> thinned(capacity_);
        for (auto at = points_.begin() + 1; at < points_.end(); at += 2) thinned.push(points_[at]);
        points_ = std::move(thinned);
        every_ *= 2;
    }
    points_.push(point);
}

void ReplayTrack::begin_with(const std::vector<ReplayPoint>& past, std::uint64_t every) {
    if (past.empty()) return;
    for (const auto& point : past) add(point);
    every_ *= every; // counted in points until now
    skipped_ = 0;
}

std::vector<ReplayPoint> ReplayTrack::View::points(std::size_t limit) const {
    std::vector<ReplayPoint> out;
    if (points_.empty() || limit == 0) return out;
    const auto wanted = std::min(limit, points_.size());
    out.reserve(wanted);
    out.push_back(newest_);
    const auto last = points_.size() - 1;
    for (std::size_t i = 1; i < wanted; ++i) {
        const auto& point = points_[points_.begin() + last - i * last / (wanted - 1)];
        if (point.seq_hi < out.back().seq_hi) out.push_back(point);
    }
    return out;
}

} // namespace viz::http
