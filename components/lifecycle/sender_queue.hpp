// The transactions of one sender in nonce order, and the account's next nonce if known. Does not
// own the entries.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "components/lifecycle/entry.hpp"

namespace viz::lifecycle {

class SenderQueue {
  public:
    explicit SenderQueue(const bus::Address& address) : address_(address) {}

    const bus::Address& address() const { return address_; }

    // The next nonce to be mined, and the block for which it was known.
    std::optional<bus::Nonce> next_nonce;
    bus::BlockNumber as_of;
    std::chrono::milliseconds refresh_pause{0}; // interval of nonce queries while blocked

    std::uint64_t touched_in{}; // the last round of block work that listed this sender

    // The chain standing determines where an entry belongs: only open entries are in the queue.
    void insert(Entry& entry);
    void erase(Entry& entry);
    bool empty() const { return open_.empty() && settled_.empty(); }
    const std::vector<Entry*>& open() const { return open_; } // by nonce, then arrival

    // The entry other than `except` that holds the nonce in the pool; mined or not.
    Entry* active_at(bus::Nonce nonce, const Entry* except) const;
    // Appends the open entries with this nonce.
    void open_at(bus::Nonce nonce, std::vector<Entry*>& out) const;

    // The open entry to evict first when the sender has too many: the oldest one that has already
    // lost its place; otherwise the highest nonce, since no other entry depends on it.
    Entry* least_valuable() const;

    struct Standing {
        Entry* entry;
        Status status;         // ready or blocked
        bus::Nonce expected{}; // for blocked: first missing nonce from next_nonce
    };
    // Execution order: entries are ready while every nonce from next_nonce is present, and blocked
    // after the first gap. next_nonce must be known.
    void standings(std::vector<Standing>& out) const;

  private:
    bus::Address address_;
    std::vector<Entry*> open_;
    std::vector<Entry*> settled_;
};

} // namespace viz::lifecycle
