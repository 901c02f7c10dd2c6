// Simulation time per sender on the newest head, so that no sender occupies all workers.
// Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <unordered_map>

#include "components/eth/types.hpp"

namespace viz::sim {

class SenderTime {
  public:
    static constexpr std::size_t kMost = 16'384; // senders; beyond, all are reset

    // Reset on each head.
    void new_head() {
        const std::scoped_lock lock(mutex_);
        spent_.clear();
    }
    void add(const eth::Address& sender, std::chrono::nanoseconds took) {
        const std::scoped_lock lock(mutex_);
        if (spent_.size() >= kMost && !spent_.contains(sender)) spent_.clear();
        spent_[sender] += took;
    }
    std::chrono::nanoseconds spent(const eth::Address& sender) const {
        const std::scoped_lock lock(mutex_);
        const auto known = spent_.find(sender);
        return known == spent_.end() ? std::chrono::nanoseconds(0) : known->second;
    }

  private:
    mutable std::mutex mutex_;
    std::unordered_map<eth::Address, std::chrono::nanoseconds> spent_;
};

} // namespace viz::sim
