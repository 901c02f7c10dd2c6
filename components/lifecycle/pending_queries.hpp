// Schedules queries to the node. Each key is pending at most once, sent when due, repeated with a
// doubling interval until answered; the number of outstanding queries is bounded. Deterministic and
// fair: due keys are sent in the order of their due times; an unanswered key is queued behind those
// waiting.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "components/eth/types.hpp"
#include "components/lifecycle/config.hpp"

namespace viz::lifecycle {

inline eth::MonoNs later(eth::MonoNs now, std::chrono::milliseconds by) {
    return eth::MonoNs{now.value + std::chrono::nanoseconds(by).count()};
}

template <class Key> class PendingQueries {
  public:
    explicit PendingQueries(const Config& config)
        : retry_first_(config.retry_first), retry_max_(config.retry_max),
          max_outstanding_(config.max_outstanding) {}

    // Schedules a query at `due`, unless an earlier one is already scheduled. Does not affect an
    // outstanding query.
    void want(const Key& key, eth::MonoNs due) {
        const auto [it, fresh] = items_.try_emplace(key);
        Item& item = it->second;
        if (!fresh && (item.asked || item.due <= due)) return;
        if (!fresh) waiting_.erase({item.due, item.order});
        place(waiting_, key, item, due);
    }

    // Removes the key: it was answered, or the answer is no longer needed.
    void settle(const Key& key) {
        const auto it = items_.find(key);
        if (it == items_.end()) return;
        (it->second.asked ? asked_ : waiting_).erase({it->second.due, it->second.order});
        items_.erase(it);
    }

    // Appends the keys to query now.
    void collect(eth::MonoNs now, std::vector<Key>& out) {
        while (!asked_.empty() && asked_.begin()->first.first <= now) {
            const Key key = asked_.begin()->second;
            Item& item = items_.find(key)->second;
            asked_.erase(asked_.begin());
            item.asked = false;
            place(waiting_, key, item, item.due);
        }
        while (!waiting_.empty() && waiting_.begin()->first.first <= now &&
               asked_.size() < max_outstanding_) {
            const Key key = waiting_.begin()->second;
            Item& item = items_.find(key)->second;
            waiting_.erase(waiting_.begin());
            const auto pause = std::min(retry_max_, retry_first_ * (1U << item.attempts));
            item.attempts = std::min(item.attempts + 1, kMaxDoublings);
            item.asked = true;
            place(asked_, key, item, later(now, pause));
            out.push_back(key);
        }
    }

    std::size_t size() const { return items_.size(); }
    std::size_t outstanding() const { return asked_.size(); }
    bool contains(const Key& key) const { return items_.contains(key); }

  private:
    static constexpr unsigned kMaxDoublings = 16;

    struct Item {
        eth::MonoNs due; // waiting: when to send; asked: when the answer times out
        std::uint64_t order{};
        unsigned attempts{};
        bool asked{};
    };
    using Schedule = std::map<std::pair<eth::MonoNs, std::uint64_t>, Key>;

    void place(Schedule& schedule, const Key& key, Item& item, eth::MonoNs due) {
        item.due = due;
        item.order = ++order_;
        schedule.emplace(std::pair{item.due, item.order}, key);
    }

    std::chrono::milliseconds retry_first_;
    std::chrono::milliseconds retry_max_;
    std::size_t max_outstanding_;
    std::unordered_map<Key, Item> items_;
    Schedule waiting_;
    Schedule asked_;
    std::uint64_t order_{};
};

} // namespace viz::lifecycle
