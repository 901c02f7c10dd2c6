// Questions to the node: each key at most once, asked when due, asked again with a doubling pause
// until answered, never more than a bound of them open at a time. Deterministic and fair: due keys
// leave in the order of their due times; one that got no answer goes behind those waiting.
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

    // Asks at `due`, or earlier if that was planned already. A question on its way to the node
    // stays there.
    void want(const Key& key, eth::MonoNs due) {
        const auto [it, fresh] = items_.try_emplace(key);
        Item& item = it->second;
        if (!fresh && (item.asked || item.due <= due)) return;
        if (!fresh) waiting_.erase({item.due, item.order});
        place(waiting_, key, item, due);
    }

    // The answer came, or is no longer of interest.
    void settle(const Key& key) {
        const auto it = items_.find(key);
        if (it == items_.end()) return;
        (it->second.asked ? asked_ : waiting_).erase({it->second.due, it->second.order});
        items_.erase(it);
    }

    // Appends the keys to ask now.
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
        eth::MonoNs due; // when waiting: to ask; when asked: to give up waiting for the answer
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
