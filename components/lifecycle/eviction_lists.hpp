// Lists of entries by eviction class, each in order of insertion. The total limit evicts from the
// front of the least valuable class. Intrusive, so that moving an entry allocates nothing.
#pragma once

#include <array>
#include <cstddef>

#include "components/lifecycle/entry.hpp"

namespace viz::lifecycle {

class EvictionLists {
  public:
    void add(Entry& entry, EvictionClass eviction_class) {
        List& list = lists_[index(eviction_class)];
        entry.eviction_class = eviction_class;
        entry.eviction_prev = list.back;
        entry.eviction_next = nullptr;
        (list.back != nullptr ? list.back->eviction_next : list.front) = &entry;
        list.back = &entry;
        ++list.size;
    }
    void remove(Entry& entry) {
        List& list = lists_[index(entry.eviction_class)];
        (entry.eviction_prev != nullptr ? entry.eviction_prev->eviction_next : list.front) =
            entry.eviction_next;
        (entry.eviction_next != nullptr ? entry.eviction_next->eviction_prev : list.back) =
            entry.eviction_prev;
        --list.size;
    }
    void move(Entry& entry, EvictionClass eviction_class) {
        if (entry.eviction_class == eviction_class) return;
        remove(entry);
        add(entry, eviction_class);
    }
    Entry* front(EvictionClass eviction_class) const { return lists_[index(eviction_class)].front; }
    std::size_t size(EvictionClass eviction_class) const {
        return lists_[index(eviction_class)].size;
    }

  private:
    static constexpr std::size_t index(EvictionClass eviction_class) {
        return static_cast<std::size_t>(eviction_class);
    }
    struct List {
        Entry* front{};
        Entry* back{};
        std::size_t size{};
    };
    std::array<List, kEvictionClasses> lists_{};
};

} // namespace viz::lifecycle
