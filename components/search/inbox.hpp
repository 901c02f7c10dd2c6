// The input queue of a chain's worker: new blocks first, the rest in order of arrival; at the limit
// the oldest is dropped. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "bus/messages.hpp"
#include "components/search/candidate_message.hpp"
#include "components/search/kept_bytes.hpp"
#include "components/search/mempool.hpp"

namespace viz::search {

struct NewBlock {
    eth::Hash hash;
    std::int64_t arrived_mono_ns{};
};
// A transaction's label: whether it may move a pool, and how it is reported.
struct NewLabel {
    eth::Hash hash;
    Label label;
    bool wanted{};
};
// A simulation did not end well.
struct Refused {
    eth::Hash candidate_id;
};
// Time goes on: those without a label are searched after a while.
struct Tick {
    std::int64_t now_mono_ns{};
};
using InboxItem = std::variant<NewBlock, PooledCall, NewLabel, Refused, bus::Verdict, Tick>;

class Inbox {
  public:
    static constexpr std::size_t kMost = 16'384;
    static constexpr std::size_t kMostBlocks = 64; // beyond, the oldest go: the newest is searched

    static constexpr std::size_t kMostBytes = 16U << 20;

    // True when an older one gave way.
    bool push(InboxItem item) {
        const std::scoped_lock lock(mutex_);
        there_.notify_one();
        if (const auto* block = std::get_if<NewBlock>(&item)) {
            blocks_.push_back(*block);
            if (blocks_.size() <= kMostBlocks) return false;
            blocks_.pop_front();
            return true;
        }
        if (const auto* verdict = std::get_if<bus::Verdict>(&item)) {
            verdicts_.push_back(*verdict);
            if (verdicts_.size() > kMost) verdicts_.pop_front();
        }
        bytes_ += size_of(item);
        items_.push_back(std::move(item));
        bool gave_way = false;
        for (; items_.size() > kMost || bytes_ > kMostBytes; gave_way = true) take_first();
        return gave_way;
    }

    // Waits for something; nothing when stop is requested.
    std::optional<InboxItem> pop(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!there_.wait(lock, stop, [&] { return !blocks_.empty() || !items_.empty(); }))
            return std::nullopt;
        std::optional<InboxItem> item;
        if (!blocks_.empty()) {
            item = blocks_.front();
            blocks_.pop_front();
        } else {
            item = take_first();
        }
        return item;
    }

    // What was said since the last time, in order; a block overtakes it among the items.
    std::vector<bus::Verdict> take_verdicts() {
        const std::scoped_lock lock(mutex_);
        std::vector<bus::Verdict> all(verdicts_.begin(), verdicts_.end());
        verdicts_.clear();
        return all;
    }

    bool block_waits() const {
        const std::scoped_lock lock(mutex_);
        return !blocks_.empty();
    }
    std::size_t depth() const {
        const std::scoped_lock lock(mutex_);
        return blocks_.size() + items_.size();
    }

    std::size_t bytes() const {
        const std::scoped_lock lock(mutex_);
        return bytes_;
    }

  private:
    static std::size_t size_of(const InboxItem& item) {
        const auto* call = std::get_if<PooledCall>(&item);
        return sizeof item + (call != nullptr ? bytes_of(call->pending.tx) : 0);
    }
    InboxItem take_first() {
        auto item = std::move(items_.front());
        items_.pop_front();
        bytes_ -= size_of(item);
        return item;
    }

    mutable std::mutex mutex_;
    std::size_t bytes_{}; // of items_
    std::condition_variable_any there_;
    std::deque<NewBlock> blocks_;
    std::deque<InboxItem> items_;
    std::deque<bus::Verdict> verdicts_; // those of items_, and those taken from it already
};

} // namespace viz::search
