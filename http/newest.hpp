// A bounded map of values by hash: a new value evicts the oldest.
#pragma once

#include <iterator>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "bus/messages.hpp"

namespace viz::http {

template <class Value> class Newest {
  public:
    explicit Newest(std::size_t capacity) : capacity_(capacity) {}

    // Inserts as the newest, replacing an existing value of that key.
    void insert(const bus::Hash& key, Value value) {
        take(key);
        newest_last_.emplace_back(key, std::move(value));
        places_.emplace(key, std::prev(newest_last_.end()));
        if (places_.size() <= capacity_) return;
        places_.erase(newest_last_.front().first);
        newest_last_.pop_front();
    }
    std::optional<Value> take(const bus::Hash& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return std::nullopt;
        std::optional<Value> value(std::move(found->second->second));
        newest_last_.erase(found->second);
        places_.erase(found);
        return value;
    }

    // Null when not known (any more).
    Value* find(const bus::Hash& key) {
        const auto found = places_.find(key);
        return found == places_.end() ? nullptr : &found->second->second;
    }
    const Value* find(const bus::Hash& key) const {
        const auto found = places_.find(key);
        return found == places_.end() ? nullptr : &found->second->second;
    }

    // Newest first, until `visit(value)` returns false.
    template <class Visit> void newest_first(Visit visit) const {
        for (auto i = newest_last_.rbegin(); i != newest_last_.rend(); ++i)
            if (!visit(i->second)) return;
    }

  private:
    using Order = std::list<std::pair<bus::Hash, Value>>;
    std::size_t capacity_;
    Order newest_last_;
    std::unordered_map<bus::Hash, typename Order::iterator> places_;
};

} // namespace viz::http
