// Lists of entries by eviction class, each in order of insertion. The total limit evicts from the
// front of the least valuable class. Intrusive, so that moving an entry allocates nothing.
#pragma once

#include <array>
#include <cstddef>

#include "components/lifecycle/entry.hpp"

namespace viz::lifecycle {

class EvictionLists {
  public:
    void add(Entry& entry, EvictionClass shelf) {
        List& list = lists_[index(shelf)];
        entry.shelf = shelf;
        entry.eviction_prev = list.back;
        entry.eviction_next = nullptr;
        (list.back != nullptr ? list.back->eviction_next : list.front) = &entry;
        list.back = &entry;
        ++list.size;
    }
    void remove(Entry& entry) {
        List& list = lists_[index(entry.shelf)];
        (entry.eviction_prev != nullptr ? entry.eviction_prev->eviction_next : list.front) =
            entry.eviction_next;
        (entry.eviction_next != nullptr ? entry.eviction_next->eviction_prev : list.back) =
            entry.eviction_prev;
        --list.size;
    }
    void move(Entry& entry, EvictionClass shelf) {
        if (entry.shelf == shelf) return;
        remove(entry);
        add(entry, shelf);
    }
    Entry* front(EvictionClass shelf) const { return lists_[index(shelf)].front; }
    std::size_t size(EvictionClass shelf) const { return lists_[index(shelf)].size; }

  private:
    static constexpr std::size_t index(EvictionClass shelf) {
        return static_cast<std::size_t>(shelf);
    }
    struct List {
        Entry* front{};
        Entry* back{};
        std::size_t size{};
    };
    std::array<List, kEvictionClasses> lists_{};
};

} // namespace viz::lifecycle
