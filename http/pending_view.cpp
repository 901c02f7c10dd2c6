#include "http/pending_view.hpp"

#include <algorithm>

namespace viz::http {

namespace {

using Status = bus::LifecycleStatus;

bool waits(Status status) {
    return status == Status::pending || status == Status::ready || status == Status::blocked;
}

std::uint64_t& place(PendingView::Counts& counts, Status status) {
    if (status == Status::ready) return counts.ready;
    if (status == Status::blocked) return counts.blocked;
    return counts.unplaced;
}

} // namespace

void PendingView::add_to_counts(const Entry& entry) {
    auto& chain = chains_[entry.account.chain_id];
    const auto [sender, made] = senders_.try_emplace(entry.account);
    if (made) ++chain.senders;
    for (auto* counts : {&counts_, &chain.counts, &sender->second}) ++place(*counts, entry.status);
}

void PendingView::take_from_counts(const Entry& entry) {
    auto& chain = chains_[entry.account.chain_id];
    const auto sender = senders_.find(entry.account);
    for (auto* counts : {&counts_, &chain.counts, &sender->second}) --place(*counts, entry.status);
    if (sender->second.total() > 0) return;
    senders_.erase(sender);
    --chain.senders;
}

void PendingView::move(const bus::Hash& hash, bus::LifecycleStatus status) {
    const auto found = entries_.find(hash);
    if (found == entries_.end() || found->second.status == status) return;
    take_from_counts(found->second);
    found->second.status = status;
    add_to_counts(found->second);
}

void PendingView::remove(const bus::Hash& hash) {
    const auto found = entries_.find(hash);
    if (found == entries_.end()) return;
    take_from_counts(found->second);
    by_age_.erase(found->second.age);
    entries_.erase(found);
}

void PendingView::update(const bus::TransactionRecord& record) {
    if (!record.decoded) return;
    if (!waits(record.lifecycle_status)) return remove(record.hash);
    if (contains(record.hash)) return move(record.hash, record.lifecycle_status);
    if (entries_.size() >= capacity_) {
        const auto oldest = by_age_.front();
        ++chains_[entries_.at(oldest).account.chain_id].totals.evicted;
        remove(oldest);
    }
    const auto age = by_age_.insert(by_age_.end(), record.hash);
    const Entry entry{.account = {record.chain_id, record.decoded->sender},
                      .status = record.lifecycle_status,
                      .age = age};
    entries_.emplace(record.hash, entry);
    add_to_counts(entry);
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
    if (!chain) return senders_.size();
    const auto found = chains_.find(*chain);
    return found == chains_.end() ? 0 : found->second.senders;
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
