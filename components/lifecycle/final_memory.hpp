// Hashes of the newest transactions that became final and were evicted. Old transactions are
// rebroadcast for months; those remembered here are not tracked again.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_set>

#include "components/eth/types.hpp"

namespace viz::lifecycle {

class FinalMemory {
  public:
    explicit FinalMemory(std::size_t capacity) : capacity_(capacity) {}

    void add(const eth::Hash& hash) {
        if (capacity_ == 0 || !known_.insert(hash).second) return;
        order_.push_back(hash);
        if (order_.size() <= capacity_) return;
        known_.erase(order_.front());
        order_.pop_front();
    }
    bool contains(const eth::Hash& hash) const { return known_.contains(hash); }

  private:
    std::size_t capacity_;
    std::deque<eth::Hash> order_;
    std::unordered_set<eth::Hash> known_;
};

} // namespace viz::lifecycle
