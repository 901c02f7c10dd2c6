// Counts faults within a time window against a limit.
#pragma once

#include <cstdint>
#include <deque>

#include "components/ingest/time_source.hpp"

namespace viz::ingest {

class FaultWindow {
  public:
    FaultWindow(std::uint32_t limit, Millis window) : limit_(limit), window_(window) {}

    // True when this fault reaches the limit.
    bool add(Mono now) {
        while (!times_.empty() && now - times_.front() > window_) times_.pop_front();
        times_.push_back(now);
        return times_.size() >= limit_;
    }
    void clear() { times_.clear(); }

  private:
    std::uint32_t limit_;
    Millis window_;
    std::deque<Mono> times_; // at most limit_ of them: the owner clears or leaves at the limit
};

} // namespace viz::ingest
