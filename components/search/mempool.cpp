#include "components/search/mempool.hpp"

#include <algorithm>
#include <utility>

#include "components/search/kept_bytes.hpp"

namespace viz::search {

std::optional<eth::Hash> Mempool::add(PooledCall call) {
    if (by_hash_.contains(call.pending.hash)) return std::nullopt;
    std::optional<eth::Hash> replaced;
    const auto sender = call.pending.sender;
    const auto nonce = call.pending.tx.nonce;
    if (const auto senders = by_sender_.find(sender); senders != by_sender_.end())
        if (const auto same = senders->second.find(nonce); same != senders->second.end()) {
            replaced = same->second->pending.hash;
            erase(same->second);
        }
    if (call.wanted) ++wanted_;
    bytes_ += bytes_of(call);
    calls_.push_back(std::move(call));
    const auto place = std::prev(calls_.end());
    by_hash_.emplace(place->pending.hash, place);
    by_sender_[sender].emplace(nonce, place);
    while (calls_.size() > capacity_ || bytes_ > max_bytes_) {
        erase(calls_.begin());
        ++forgotten_;
    }
    return replaced;
}

bool Mempool::want(const eth::Hash& hash) {
    const auto found = by_hash_.find(hash);
    if (found == by_hash_.end()) return false;
    if (!std::exchange(found->second->wanted, true)) ++wanted_;
    return true;
}

std::vector<PooledCall> Mempool::settle(const eth::Address& sender, std::uint64_t nonce) {
    std::vector<PooledCall> gone;
    while (true) {
        // Erasing the last one erases the sender.
        const auto senders = by_sender_.find(sender);
        if (senders == by_sender_.end() || senders->second.begin()->first > nonce) return gone;
        const auto first = senders->second.begin()->second;
        gone.push_back(*first);
        erase(first);
    }
}

void Mempool::remove(const eth::Hash& hash) {
    if (const auto found = by_hash_.find(hash); found != by_hash_.end()) erase(found->second);
}

void Mempool::erase(Calls::iterator call) {
    if (call->wanted) --wanted_;
    bytes_ -= bytes_of(*call);
    by_hash_.erase(call->pending.hash);
    const auto senders = by_sender_.find(call->pending.sender);
    senders->second.erase(call->pending.tx.nonce);
    if (senders->second.empty()) by_sender_.erase(senders);
    calls_.erase(call);
}

bool Mempool::has(const eth::Address& sender, std::uint64_t nonce) const {
    const auto found = by_sender_.find(sender);
    return found != by_sender_.end() && found->second.contains(nonce);
}

const PooledCall* Mempool::find(const eth::Hash& hash) const {
    const auto found = by_hash_.find(hash);
    return found == by_hash_.end() ? nullptr : &*found->second;
}

std::vector<const PooledCall*> Mempool::of(const eth::Address& sender) const {
    std::vector<const PooledCall*> all;
    if (const auto found = by_sender_.find(sender); found != by_sender_.end())
        for (const auto& [nonce, call] : found->second) all.push_back(&*call);
    return all;
}

std::vector<const PooledCall*> Mempool::newest_wanted(std::size_t most) const {
    std::vector<const PooledCall*> all;
    for (auto call = calls_.rbegin(); call != calls_.rend() && all.size() < most; ++call)
        if (call->wanted) all.push_back(&*call);
    std::reverse(all.begin(), all.end());
    return all;
}

} // namespace viz::search
