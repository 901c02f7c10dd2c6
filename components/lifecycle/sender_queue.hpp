// The transactions of one sender in nonce order, and the account's next nonce as far as known.
// Holds no ownership.
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

    // The next nonce to be mined, and the block at or after which that was so.
    std::optional<bus::Nonce> next_nonce;
    bus::BlockNumber as_of;
    std::chrono::milliseconds refresh_pause{0}; // between nonce questions while blocked

    std::uint64_t touched_in{}; // the last round of block work that listed this sender

    // Where an entry belongs follows from its chain standing: open ones are the queue proper.
    void insert(Entry& entry);
    void erase(Entry& entry);
    bool empty() const { return open_.empty() && settled_.empty(); }
    const std::vector<Entry*>& open() const { return open_; } // by nonce, then arrival

    // The one that holds its nonce in the pool, other than `except`; mined or not.
    Entry* active_at(bus::Nonce nonce, const Entry* except) const;
    // Appends the open ones with the nonce.
    void open_at(bus::Nonce nonce, std::vector<Entry*>& out) const;

    // Which open one to give up first when the sender has too many: what has lost its place
    // already, oldest first; else the highest nonce, which nothing else waits for.
    Entry* least_valuable() const;

    struct Standing {
        Entry* entry;
        Status status;         // ready or blocked
        bus::Nonce expected{}; // first missing nonce at or after next_nonce, for blocked
    };
    // The order to execute in: ready while every nonce from next_nonce on is present, blocked
    // from the first gap on. next_nonce must be known.
    void standings(std::vector<Standing>& out) const;

  private:
    bus::Address address_;
    std::vector<Entry*> open_;
    std::vector<Entry*> settled_;
};

} // namespace viz::lifecycle
