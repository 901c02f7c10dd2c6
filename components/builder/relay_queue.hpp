// Bundles that wait for their turn at one relay, the oldest of which gives way when there are too
// many. Thread-safe.
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

    // True when an older one gave way.
    bool push(SharedBundle bundle) {
        const std::scoped_lock lock(mutex_);
        const bool full = waiting_.size() >= kMost;
        if (full) waiting_.pop_front();
        waiting_.push_back(std::move(bundle));
        changed_.notify_all();
        return full;
    }

    // Waits for one; nothing when stop is requested.
    std::optional<SharedBundle> pop(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) return std::nullopt;
        auto first = std::move(waiting_.front());
        waiting_.pop_front();
        return first;
    }

    // There is a block of that number: what was good up to it has no use any more. Answers how
    // many left.
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

    // Waits so long; false as soon as stop is requested or the bundle's time is over.
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
