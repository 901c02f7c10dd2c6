#include "http/sender_board.hpp"

namespace viz::http {

std::uint64_t& PendingCounts::of(bus::LifecycleStatus status) {
    if (status == bus::LifecycleStatus::ready) return ready;
    if (status == bus::LifecycleStatus::blocked) return blocked;
    return unplaced;
}

// Moves the sender from the rank of `from_total` to that of its current total; removes it at 0.
void SenderBoard::move(Senders::iterator sender, std::uint64_t from_total) {
    const auto total = sender->second.counts.total();
    auto& place = sender->second.place;
    if (from_total == 0) {
        auto& rank = ranks_[total];
        place = rank.insert(rank.begin(), &*sender);
        return;
    }
    const auto from = ranks_.find(from_total);
    if (total == 0)
        from->second.erase(place);
    else {
        auto& rank = ranks_[total];
        rank.splice(rank.begin(), from->second, place);
    }
    if (from->second.empty()) ranks_.erase(from);
    if (total == 0) senders_.erase(sender);
}

void SenderBoard::add(const bus::Address& sender, bus::LifecycleStatus status) {
    const auto found = senders_.try_emplace(sender).first;
    const auto before = found->second.counts.total();
    ++found->second.counts.of(status);
    move(found, before);
}

void SenderBoard::remove(const bus::Address& sender, bus::LifecycleStatus status) {
    const auto found = senders_.find(sender);
    const auto before = found->second.counts.total();
    --found->second.counts.of(status);
    move(found, before);
}

void SenderBoard::change(const bus::Address& sender, bus::LifecycleStatus from,
                         bus::LifecycleStatus to) {
    auto& counts = senders_.find(sender)->second.counts;
    --counts.of(from);
    ++counts.of(to);
}

} // namespace viz::http
