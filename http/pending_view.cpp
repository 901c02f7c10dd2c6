#include "http/pending_view.hpp"

#include <algorithm>

namespace viz::http {

namespace {

using Status = bus::LifecycleStatus;

bool waits(const bus::TransactionRecord& record) {
    return record.decoded &&
           (record.lifecycle_status == Status::pending ||
            record.lifecycle_status == Status::ready || record.lifecycle_status == Status::blocked);
}

std::uint64_t& place(PendingView::Counts& counts, Status status) {
    if (status == Status::ready) return counts.ready;
    if (status == Status::blocked) return counts.blocked;
    return counts.unplaced;
}

} // namespace

void PendingView::count(const Entry& entry, int by) {
    const auto step = static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
    place(counts_, entry.status) += step;
    place(by_chain_[entry.account.chain_id], entry.status) += step;
    auto& sender = senders_[entry.account];
    place(sender, entry.status) += step;
    if (sender.total() == 0) senders_.erase(entry.account);
}

void PendingView::remove(const bus::Hash& hash) {
    const auto found = entries_.find(hash);
    if (found == entries_.end()) return;
    count(found->second, -1);
    entries_.erase(found);
}

void PendingView::update(const bus::TransactionRecord& record) {
    if (!waits(record)) return remove(record.hash);
    const Entry entry{.account = {record.chain_id, record.decoded->sender},
                      .status = record.lifecycle_status};
    const auto found = entries_.find(record.hash);
    if (found != entries_.end()) {
        if (found->second.status == entry.status) return;
        count(found->second, -1);
        found->second = entry;
    } else {
        if (entries_.size() >= capacity_) {
            const auto victim = entries_.begin();
            ++totals_[victim->second.account.chain_id].evicted;
            count(victim->second, -1);
            entries_.erase(victim);
        }
        entries_.emplace(record.hash, entry);
    }
    count(entry, 1);
}

void PendingView::note(const bus::Envelope& event) {
    auto& totals = totals_[event.chain_id];
    switch (bus::type_of(event.data)) {
    case bus::EventType::tx_decoded:
        ++totals.decoded;
        return;
    case bus::EventType::tx_ready:
        ++totals.ready;
        return;
    case bus::EventType::tx_blocked:
        ++totals.blocked;
        return;
    case bus::EventType::tx_reorged:
        ++totals.reorged;
        return;
    case bus::EventType::tx_replaced:
        ++totals.replaced;
        break;
    case bus::EventType::tx_dropped:
        ++totals.dropped;
        break;
    case bus::EventType::tx_confirmed_provisional:
        ++totals.confirmed;
        break;
    case bus::EventType::tx_confirmed_final:
        ++totals.finalized;
        break;
    default:
        return;
    }
    remove(*bus::hash_of(event.data));
}

PendingView::Counts PendingView::counts(std::optional<bus::ChainId> chain) const {
    if (!chain) return counts_;
    const auto found = by_chain_.find(*chain);
    return found == by_chain_.end() ? Counts{} : found->second;
}

PendingView::Totals PendingView::totals(std::optional<bus::ChainId> chain) const {
    Totals sum;
    for (const auto& [id, t] : totals_) {
        if (chain && *chain != id) continue;
        sum.decoded += t.decoded;
        sum.ready += t.ready;
        sum.blocked += t.blocked;
        sum.replaced += t.replaced;
        sum.dropped += t.dropped;
        sum.confirmed += t.confirmed;
        sum.finalized += t.finalized;
        sum.reorged += t.reorged;
        sum.evicted += t.evicted;
    }
    return sum;
}

std::vector<PendingView::SenderRow> PendingView::busiest(std::size_t limit,
                                                         std::optional<bus::ChainId> chain) const {
    std::vector<SenderRow> rows;
    rows.reserve(senders_.size());
    for (const auto& [account, counts] : senders_)
        if (!chain || *chain == account.chain_id) rows.push_back({account, counts});
    const auto kept = std::min(limit, rows.size());
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end(),
                      [](const SenderRow& a, const SenderRow& b) {
                          if (a.counts.total() != b.counts.total())
                              return a.counts.total() > b.counts.total();
                          return a.account.address < b.account.address;
                      });
    rows.resize(kept);
    return rows;
}

} // namespace viz::http
