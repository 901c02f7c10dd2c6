// Entries by what they count as, each shelf in order of arrival on it: the total bound gives up
// from the front of the least valuable shelf. Intrusive, so that moving costs no allocation.
#pragma once

#include <array>
#include <cstddef>

#include "components/lifecycle/entry.hpp"

namespace viz::lifecycle {

class Shelves {
  public:
    void add(Entry& entry, Shelf shelf) {
        List& list = lists_[index(shelf)];
        entry.shelf = shelf;
        entry.shelf_prev = list.back;
        entry.shelf_next = nullptr;
        (list.back != nullptr ? list.back->shelf_next : list.front) = &entry;
        list.back = &entry;
        ++list.size;
    }
    void remove(Entry& entry) {
        List& list = lists_[index(entry.shelf)];
        (entry.shelf_prev != nullptr ? entry.shelf_prev->shelf_next : list.front) =
            entry.shelf_next;
        (entry.shelf_next != nullptr ? entry.shelf_next->shelf_prev : list.back) = entry.shelf_prev;
        --list.size;
    }
    void move(Entry& entry, Shelf shelf) {
        if (entry.shelf == shelf) return;
        remove(entry);
        add(entry, shelf);
    }
    Entry* front(Shelf shelf) const { return lists_[index(shelf)].front; }
    std::size_t size(Shelf shelf) const { return lists_[index(shelf)].size; }

  private:
    static constexpr std::size_t index(Shelf shelf) { return static_cast<std::size_t>(shelf); }
    struct List {
        Entry* front{};
        Entry* back{};
        std::size_t size{};
    };
    std::array<List, kShelfCount> lists_{};
};

} // namespace viz::lifecycle
