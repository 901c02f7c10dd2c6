#include "bus/pending_set.hpp"

#include <algorithm>

#include "components/eth/keccak.hpp"

namespace viz::bus {

bool changes_pending(EventType type) {
    switch (type) {
    case EventType::tx_decoded:
    case EventType::tx_ready:
    case EventType::tx_blocked:
    case EventType::tx_replaced:
    case EventType::tx_dropped:
    case EventType::tx_confirmed_provisional:
    case EventType::tx_confirmed_final:
    case EventType::tx_reorged:
        return true;
    default:
        return false;
    }
}

PendingStep step_of(const Envelope& event) {
    return {.seq_id = event.seq_id,
            .timestamp = event.ingest_ts_unix_ms,
            .type = type_of(event.data),
            .chain_id = event.chain_id,
            .hash = hash_of(event.data).value_or(Hash{})};
}

Hash checkpoint_hash(std::vector<Hash> pending) {
    if (!std::ranges::is_sorted(pending)) std::ranges::sort(pending);
    eth::Bytes bytes;
    bytes.reserve(pending.size() * 32);
    for (const auto& hash : pending)
        bytes.insert(bytes.end(), hash.bytes.begin(), hash.bytes.end());
    return eth::keccak256(bytes);
}

PendingSet::PendingSet(const std::vector<Member>& members, const std::vector<Gone>& gone) {
    members_.reserve(members.size());
    for (const auto& member : members) members_.emplace(member.key, member.awaits_body);
    for (const auto& left : gone) {
        gone_.emplace(left.key, left.seq_id);
        seq_id_ = std::max(seq_id_, left.seq_id);
    }
}

void PendingSet::note(const Key& key) {
    if (!tracking_) return;
    const auto found = members_.find(key);
    before_.try_emplace(key, found == members_.end() ? std::nullopt : std::optional(found->second));
}

bool PendingSet::left_lately(const Key& key) const {
    const auto found = gone_.find(key);
    return found != gone_.end() && found->second + kLateBody >= seq_id_;
}

void PendingSet::enter(const Key& key, bool decoded) {
    if (decoded && left_lately(key)) {
        gone_.erase(key);
        return;
    }
    note(key);
    gone_.erase(key);
    const auto [place, is_new] = members_.try_emplace(key, !decoded);
    if (!is_new && decoded) place->second = false;
}

void PendingSet::leave(const Key& key, bool for_good) {
    const auto found = members_.find(key);
    if (for_good)
        gone_.erase(key);
    else if (found == members_.end() || found->second)
        gone_[key] = seq_id_;
    if (found == members_.end()) return;
    note(key);
    members_.erase(found);
}

void PendingSet::apply(const PendingStep& step) {
    seq_id_ = step.seq_id;
    const Key key{step.hash, step.chain_id};
    switch (step.type) {
    case EventType::tx_decoded:
        return enter(key, true);
    case EventType::tx_ready:
    case EventType::tx_blocked:
    case EventType::tx_reorged:
        return enter(key, false);
    case EventType::tx_replaced:
    case EventType::tx_dropped:
    case EventType::tx_confirmed_provisional:
        return leave(key, false);
    case EventType::tx_confirmed_final:
        return leave(key, true);
    default:
        return;
    }
}

std::vector<Hash> PendingSet::sorted_hashes() const {
    std::vector<Hash> out;
    out.reserve(members_.size());
    for (const auto& [key, awaits] : members_) out.push_back(key.hash);
    std::ranges::sort(out);
    return out;
}

std::vector<PendingSet::Member> PendingSet::members() const {
    std::vector<Member> out;
    out.reserve(members_.size());
    for (const auto& [key, awaits] : members_) out.push_back({key, awaits});
    std::ranges::sort(out, {}, &Member::key);
    return out;
}

std::vector<PendingSet::Gone> PendingSet::gone() const {
    std::vector<Gone> out;
    for (const auto& [key, seq_id] : gone_)
        if (seq_id + kLateBody >= seq_id_) out.push_back({key, seq_id});
    std::ranges::sort(out, {}, &Gone::key);
    return out;
}

PendingSet::Changes PendingSet::take_changes() {
    Changes changes;
    for (const auto& [key, before] : before_) {
        const auto now = members_.find(key);
        if (now == members_.end()) {
            if (before) changes.removed.push_back(key);
        } else if (before != now->second) {
            changes.put.push_back({key, now->second});
        }
    }
    before_.clear();
    std::erase_if(gone_, [&](const auto& left) { return left.second + kLateBody < seq_id_; });
    std::ranges::sort(changes.put, {}, &Member::key);
    std::ranges::sort(changes.removed);
    return changes;
}

} // namespace viz::bus
