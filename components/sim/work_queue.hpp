// What waits for the workers: blocks first, then transactions, the newest of which give the older
// ones up when there are too many. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <variant>

#include "bus/messages.hpp"

namespace viz::sim {

struct BlockWork {
    bus::ChainId chain;
    bus::Hash hash;
    std::int64_t arrived_mono_ns{};
};
struct SingleWork {
    std::shared_ptr<const bus::DecodedTx> tx;
};
using Work = std::variant<BlockWork, SingleWork>;

class WorkQueue {
  public:
    static constexpr std::size_t kMostBlocks = 64;
    static constexpr std::size_t kMostSingles = 4096;

    // True when an older one gave way.
    bool push(BlockWork work) { return push(blocks_, work, kMostBlocks); }
    bool push(SingleWork work) { return push(singles_, std::move(work), kMostSingles); }

    // Waits for work; nothing when stop is requested.
    std::optional<Work> pop(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!there_.wait(lock, stop, [&] { return !blocks_.empty() || !singles_.empty(); }))
            return std::nullopt;
        std::optional<Work> work;
        if (!blocks_.empty())
            work = take(blocks_);
        else
            work = take(singles_);
        return work;
    }

    std::size_t depth() const {
        const std::scoped_lock lock(mutex_);
        return blocks_.size() + singles_.size();
    }

  private:
    template <class T> bool push(std::deque<T>& queue, T work, std::size_t most) {
        const std::scoped_lock lock(mutex_);
        const bool full = queue.size() >= most;
        if (full) queue.pop_front();
        queue.push_back(std::move(work));
        there_.notify_one();
        return full;
    }
    template <class T> static T take(std::deque<T>& queue) {
        T first = std::move(queue.front());
        queue.pop_front();
        return first;
    }

    mutable std::mutex mutex_;
    std::condition_variable_any there_;
    std::deque<BlockWork> blocks_;
    std::deque<SingleWork> singles_;
};

} // namespace viz::sim
