// Bounded queue of bundles for one relay; when full, the oldest is dropped. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <unordered_map>

#include "components/builder/bundle.hpp"

namespace viz::builder {

using SharedBundle = std::shared_ptr<const Bundle>;

class RelayQueue {
  public:
    static constexpr std::size_t kMost = 256;

    // Returns true when an older bundle was dropped.
    bool push(SharedBundle bundle) {
        const std::scoped_lock lock(mutex_);
        const bool full = waiting_.size() >= kMost;
        if (full) waiting_.pop_front();
        waiting_.push_back(std::move(bundle));
        changed_.notify_all();
        return full;
    }

    // Waits for a bundle; returns nullopt when a stop is requested.
    std::optional<SharedBundle> pop(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) return std::nullopt;
        auto first = std::move(waiting_.front());
        waiting_.pop_front();
        return first;
    }

    // Drops bundles whose range ends at or before block `mined`; returns their number.
    std::size_t expire(bus::ChainId chain, bus::BlockNumber mined) {
        const std::scoped_lock lock(mutex_);
        newest_[chain] = mined;
        changed_.notify_all();
        return std::erase_if(waiting_, [&](const auto& bundle) { return over_locked(*bundle); });
    }

    std::size_t withdraw(const bus::Hash& candidate_id) {
        const std::scoped_lock lock(mutex_);
        return std::erase_if(
            waiting_, [&](const auto& bundle) { return bundle->candidate_id == candidate_id; });
    }

    // Waits for `time`; returns false as soon as a stop is requested or the bundle expires.
    bool wait(const std::stop_token& stop, std::chrono::milliseconds time, const Bundle& bundle) {
        std::unique_lock lock(mutex_);
        const bool over = changed_.wait_for(lock, stop, time, [&] { return over_locked(bundle); });
        return !over && !stop.stop_requested();
    }

    std::size_t depth() const {
        const std::scoped_lock lock(mutex_);
        return waiting_.size();
    }

  private:
    bool over_locked(const Bundle& bundle) const {
        const auto newest = newest_.find(bundle.chain_id);
        return newest != newest_.end() && newest->second >= bundle.max_block;
    }

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<SharedBundle> waiting_;
    std::unordered_map<bus::ChainId, bus::BlockNumber> newest_;
};

} // namespace viz::builder
