#include "components/lifecycle/sender_queue.hpp"

#include <algorithm>

namespace viz::lifecycle {
namespace {

struct ByNonce {
    bool operator()(const Entry* a, const Entry* b) const {
        return a->nonce != b->nonce ? a->nonce < b->nonce : a->arrival < b->arrival;
    }
    bool operator()(const Entry* a, bus::Nonce nonce) const { return a->nonce < nonce; }
};

Entry* active_in(const std::vector<Entry*>& entries, bus::Nonce nonce, const Entry* except) {
    auto it = std::lower_bound(entries.begin(), entries.end(), nonce, ByNonce{});
    for (; it != entries.end() && (*it)->nonce == nonce; ++it) {
        if (*it != except && (*it)->pool == PoolStanding::active) return *it;
    }
    return nullptr;
}

} // namespace

void SenderQueue::insert(Entry& entry) {
    auto& list = entry.chain == ChainStanding::open ? open_ : settled_;
    list.insert(std::lower_bound(list.begin(), list.end(), &entry, ByNonce{}), &entry);
}

void SenderQueue::erase(Entry& entry) {
    auto& list = entry.chain == ChainStanding::open ? open_ : settled_;
    const auto it = std::lower_bound(list.begin(), list.end(), &entry, ByNonce{});
    if (it != list.end() && *it == &entry) list.erase(it);
}

Entry* SenderQueue::active_at(bus::Nonce nonce, const Entry* except) const {
    Entry* found = active_in(open_, nonce, except);
    return found != nullptr ? found : active_in(settled_, nonce, except);
}

void SenderQueue::open_at(bus::Nonce nonce, std::vector<Entry*>& out) const {
    auto it = std::lower_bound(open_.begin(), open_.end(), nonce, ByNonce{});
    for (; it != open_.end() && (*it)->nonce == nonce; ++it) out.push_back(*it);
}

Entry* SenderQueue::least_valuable() const {
    Entry* oldest_loser = nullptr;
    for (Entry* entry : open_) {
        if (entry->pool == PoolStanding::active) continue;
        if (oldest_loser == nullptr || entry->arrival < oldest_loser->arrival) oldest_loser = entry;
    }
    if (oldest_loser != nullptr) return oldest_loser;
    return open_.empty() ? nullptr : open_.back();
}

void SenderQueue::standings(std::vector<Standing>& out) const {
    bus::Nonce expected = *next_nonce;
    auto it = std::lower_bound(open_.begin(), open_.end(), expected, ByNonce{});
    for (; it != open_.end(); ++it) {
        Entry* entry = *it;
        if (entry->pool != PoolStanding::active) continue;
        const bool ready = entry->nonce == expected;
        out.push_back({entry, ready ? Status::ready : Status::blocked, expected});
        if (ready) ++expected;
    }
}

} // namespace viz::lifecycle
