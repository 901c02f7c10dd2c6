#include "http/pending_view.hpp"

#include <algorithm>

namespace viz::http {

namespace {

using Status = bus::LifecycleStatus;

bool waits(Status status) {
    return status == Status::pending || status == Status::ready || status == Status::blocked;
}

} // namespace

void PendingView::move(const bus::Hash& hash, bus::LifecycleStatus status) {
    const auto found = entries_.find(hash);
    if (found == entries_.end() || found->second.status == status) return;
    auto& entry = found->second;
    auto& chain = chains_[entry.chain_id];
    for (auto* counts : {&counts_, &chain.counts}) {
        --counts->of(entry.status);
        ++counts->of(status);
    }
    chain.senders.change(entry.sender, entry.status, status);
    entry.status = status;
}

void PendingView::remove(const bus::Hash& hash) {
    const auto found = entries_.find(hash);
    if (found == entries_.end()) return;
    const auto& entry = found->second;
    auto& chain = chains_[entry.chain_id];
    --counts_.of(entry.status);
    --chain.counts.of(entry.status);
    chain.senders.remove(entry.sender, entry.status);
    by_age_.erase(entry.age);
    entries_.erase(found);
}

void PendingView::update(const bus::TransactionRecord& record) {
    if (!record.decoded) return;
    if (!waits(record.lifecycle_status)) return remove(record.hash);
    if (contains(record.hash)) return move(record.hash, record.lifecycle_status);
    if (entries_.size() >= capacity_) {
        const auto oldest = by_age_.front();
        ++chains_[entries_.at(oldest).chain_id].totals.evicted;
        remove(oldest);
    }
    const Entry entry{.chain_id = record.chain_id,
                      .sender = record.decoded->sender,
                      .status = record.lifecycle_status,
                      .age = by_age_.insert(by_age_.end(), record.hash)};
    auto& chain = chains_[entry.chain_id];
    ++counts_.of(entry.status);
    ++chain.counts.of(entry.status);
    chain.senders.add(entry.sender, entry.status);
    entries_.emplace(record.hash, entry);
}

void PendingView::note(const bus::Envelope& event) {
    auto& totals = chains_[event.chain_id].totals;
    const auto type = bus::type_of(event.data);
    switch (type) {
    case bus::EventType::tx_decoded:
        ++totals.decoded;
        return;
    case bus::EventType::tx_ready:
        ++totals.ready;
        return move(*bus::hash_of(event.data), Status::ready);
    case bus::EventType::tx_blocked:
        ++totals.blocked;
        return move(*bus::hash_of(event.data), Status::blocked);
    case bus::EventType::tx_reorged:
        ++totals.reorged;
        return move(*bus::hash_of(event.data), Status::pending);
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
    const auto found = chains_.find(*chain);
    return found == chains_.end() ? Counts{} : found->second.counts;
}

std::size_t PendingView::senders(std::optional<bus::ChainId> chain) const {
    std::size_t sum = 0;
    for (const auto& [id, of_chain] : chains_)
        if (!chain || *chain == id) sum += of_chain.senders.size();
    return sum;
}

PendingView::Totals PendingView::totals(std::optional<bus::ChainId> chain) const {
    Totals sum;
    for (const auto& [id, of_chain] : chains_) {
        if (chain && *chain != id) continue;
        const auto& t = of_chain.totals;
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
    for (const auto& [id, of_chain] : chains_) {
        if ((chain && *chain != id) || limit == 0) continue;
        of_chain.senders.busiest([&, chain_id = id, n = std::size_t{0}](
                                     const bus::Address& sender, const Counts& counts) mutable {
            rows.push_back({chain_id, sender, counts});
            return ++n < limit;
        });
    }
    std::ranges::stable_sort(rows, std::ranges::greater{},
                             [](const SenderRow& row) { return row.counts.total(); });
    if (rows.size() > limit) rows.resize(limit);
    return rows;
}

} // namespace viz::http
