#include "components/lifecycle/pool.hpp"

#include <algorithm>
#include <utility>

namespace viz::lifecycle {

Pool::Pool(bus::ChainId chain_id, const Config& config)
    : chain_id_(chain_id), config_(config), window_(config.reorg_window),
      finals_(config.max_remembered_final), nonce_book_(config_), presence_book_(config_) {}

SenderQueue& Pool::sender_of(const bus::Address& address) {
    const auto [it, fresh] = senders_.try_emplace(address, address);
    if (fresh) {
        it->second.as_of = head_number();
        it->second.next_nonce = window_.next_nonce(address, std::nullopt, bus::BlockNumber{});
    }
    return it->second;
}

Entry& Pool::add(const bus::Hash& hash, const bus::Address& sender, bus::Nonce nonce) {
    Entry& entry = entries_[hash];
    entry.hash = hash;
    entry.sender = sender;
    entry.nonce = nonce;
    entry.arrival = ++arrivals_;
    ++counters_.transactions[static_cast<std::size_t>(entry.reported)];
    eviction_lists_.add(entry, EvictionClass::pending);
    return entry;
}

void Pool::on_transaction(const bus::DecodedTx& tx, bus::MonoNs now, Output& out) {
    if (const auto it = entries_.find(tx.hash); it != entries_.end()) {
        ++counters_.duplicates;
        seen_again(it->second, now, out);
        return;
    }
    if (finals_.contains(tx.hash)) {
        ++counters_.rebroadcasts;
        return;
    }
    SenderQueue& sender = sender_of(tx.sender);
    Entry& entry = add(tx.hash, tx.sender, tx.nonce);
    entry.first_seen = tx.first_seen_unix_ms;
    entry.backfilled = tx.backfilled;
    entry.fees = fees_of(tx);
    entry.intent = intent_of(tx);
    sender.insert(entry);
    compete(sender, entry, out);
    place(sender, entry, now, out);
    review(sender, now, out);
    enforce_limits(sender, out);
}

// Settles a transaction whose nonce a known block already uses; otherwise plans the presence query.
void Pool::place(SenderQueue& sender, Entry& entry, bus::MonoNs now, Output& out) {
    if (const WindowBlock* block = window_.including(entry.hash)) {
        confirm(entry, {block->record.number, block->record.hash, block->record.timestamp_s}, out);
        return;
    }
    if (sender.next_nonce && entry.nonce < *sender.next_nonce) {
        if (const auto user = window_.user_of(entry.sender, entry.nonce)) {
            use_nonce(entry, user->hash, user->block, out);
            return;
        }
    }
    const bus::MonoNs check = entry.absence.announced(now, config_);
    if (entry.pool == PoolStanding::active) presence_book_.want(entry.hash, check);
}

// Decides which transaction holds the nonce in the pool, mined or not: after a reorganisation the
// pool's order must be as if the block had not existed.
void Pool::compete(SenderQueue& sender, Entry& newcomer, Output& out) {
    newcomer.pool = PoolStanding::active;
    Entry* holder = sender.active_at(newcomer.nonce, &newcomer);
    if (holder == nullptr) {
        refile(newcomer);
        return;
    }
    if (!displaces(holder->fees, newcomer.fees, config_)) {
        newcomer.pool = PoolStanding::underpriced;
        newcomer.beaten_by = holder->hash;
        refile(newcomer);
        return;
    }
    holder->pool = PoolStanding::replaced;
    holder->beaten_by = newcomer.hash;
    holder->bump = bump_bps(holder->fees, newcomer.fees);
    holder->kind = classify(holder->sender, holder->intent, newcomer.intent);
    refile(*holder);
    refile(newcomer);
    if (holder->chain != ChainStanding::open) return;
    ++counters_.replacements;
    presence_book_.settle(holder->hash);
    report_loss(*holder, out);
}

void Pool::seen_again(Entry& entry, bus::MonoNs now, Output& out) {
    if (entry.chain != ChainStanding::open) return;
    const bus::MonoNs check = entry.absence.announced(now, config_);
    SenderQueue& sender = sender_of(entry.sender);
    reclaim(sender, entry, out);
    review(sender, now, out);
    if (entry.pool == PoolStanding::active) {
        presence_book_.settle(entry.hash);
        presence_book_.want(entry.hash, check);
    }
}

// A transaction that was absent competes again; one that lost to another regains its place only if
// that place is free.
void Pool::reclaim(SenderQueue& sender, Entry& entry, Output& out) {
    const bool place_is_free = sender.active_at(entry.nonce, &entry) == nullptr;
    if (entry.pool == PoolStanding::absent || (entry.pool != PoolStanding::active && place_is_free))
        compete(sender, entry, out);
}

void Pool::review(SenderQueue& sender, bus::MonoNs now, Output& out) {
    bool any_active = false;
    for (Entry* entry : sender.open()) {
        report_loss(*entry, out);
        any_active = any_active || entry->pool == PoolStanding::active;
    }
    if (!any_active) {
        nonce_book_.settle(sender.address());
        return;
    }
    if (!sender.next_nonce) {
        nonce_book_.want(sender.address(), now);
        return;
    }
    standings_.clear();
    sender.standings(standings_);
    for (const SenderQueue::Standing& standing : standings_) report_standing(standing, out);
    ask_about_overtaken(sender, now);
    if (standings_.empty() || standings_.back().status == Status::ready) {
        sender.refresh_pause = std::chrono::milliseconds{0};
        return;
    }
    if (sender.refresh_pause.count() == 0) sender.refresh_pause = config_.blocked_nonce_refresh;
    nonce_book_.want(sender.address(), later(now, sender.refresh_pause));
}

// Transactions below the account nonce that are in no known block: mined in an unknown block, or
// replaced.
void Pool::ask_about_overtaken(const SenderQueue& sender, bus::MonoNs now) {
    for (Entry* entry : sender.open()) {
        if (entry->nonce >= *sender.next_nonce) {
            entry->overtaken = false;
            continue;
        }
        if (entry->overtaken || entry->pool != PoolStanding::active) continue;
        entry->overtaken = true;
        // The including block may not have arrived yet; query at once only if the nonce's block is
        // already known.
        const bool ahead = sender.as_of > head_number();
        presence_book_.want(entry->hash, ahead ? later(now, config_.retry_first) : now);
    }
}

void Pool::on_account_nonce(const bus::AccountNonce& answer, bus::MonoNs now, Output& out) {
    nonce_book_.settle(answer.address);
    const auto it = senders_.find(answer.address);
    if (it == senders_.end()) {
        ++counters_.answers_unmatched;
        return;
    }
    SenderQueue& sender = it->second;
    sender.next_nonce = window_.next_nonce(answer.address, answer.nonce, answer.at_block);
    sender.as_of = std::max(answer.at_block, head_number());
    if (sender.refresh_pause.count() != 0)
        sender.refresh_pause = std::min(sender.refresh_pause * 2, config_.max_check_interval);
    review(sender, now, out);
}

void Pool::on_presence(const bus::TxPresence& answer, bus::MonoNs now, Output& out) {
    presence_book_.settle(answer.hash);
    const auto it = entries_.find(answer.hash);
    if (it == entries_.end()) {
        ++counters_.answers_unmatched;
        return;
    }
    Entry& entry = it->second;
    if (entry.chain != ChainStanding::open && entry.verified) return;
    switch (answer.presence) {
    case bus::Presence::mined:
        return mined_answer(entry, answer, now, out);
    case bus::Presence::absent:
        return absent_answer(entry, now, out);
    case bus::Presence::pending:
        break;
    }
    SenderQueue& sender = sender_of(entry.sender);
    if (!entry.verified) {
        unconfirm(entry, 0, out);
        nonce_book_.want(entry.sender, now);
        sender.next_nonce = std::min(sender.next_nonce.value_or(entry.nonce), entry.nonce);
    }
    reclaim(sender, entry, out);
    bus::MonoNs check = entry.absence.found(now, config_);
    if (entry.overtaken) {
        // A pending transaction with a used nonce means that the backends contradict each other:
        // repeat both queries at a low rate.
        nonce_book_.want(entry.sender, later(now, config_.retry_first));
        check = later(now, config_.retry_max);
    }
    review(sender, now, out);
    if (entry.pool == PoolStanding::active) presence_book_.want(entry.hash, check);
}

void Pool::mined_answer(Entry& entry, const bus::TxPresence& answer, bus::MonoNs now, Output& out) {
    const WindowBlock* ours = window_.at(answer.block_number);
    const bool coming = !window_.empty() && answer.block_number > window_.head().number;
    const bool elsewhere = ours != nullptr && ours->record.hash != answer.block_hash;
    if (coming || elsewhere) {
        // The including head, or the reorganisation, has not arrived yet.
        presence_book_.want(entry.hash, later(now, config_.retry_first));
        return;
    }
    if (!entry.verified && entry.block_hash == answer.block_hash) {
        entry.verified = true;
        report_final_if_deep(entry, out);
        return;
    }
    if (!entry.verified) unconfirm(entry, 0, out);
    confirm(
        entry,
        {answer.block_number, answer.block_hash, ours != nullptr ? ours->record.timestamp_s : 0},
        out);
    SenderQueue& sender = sender_of(entry.sender);
    if (sender.next_nonce) sender.next_nonce = std::max(*sender.next_nonce, entry.nonce + 1);
    review(sender, now, out);
}

void Pool::absent_answer(Entry& entry, bus::MonoNs now, Output& out) {
    SenderQueue& sender = sender_of(entry.sender);
    if (entry.chain == ChainStanding::open && sender.next_nonce &&
        entry.nonce < *sender.next_nonce) {
        const auto user = window_.user_of(entry.sender, entry.nonce);
        const bus::BlockNumber at = user ? user->block : std::max(sender.as_of, head_number());
        use_nonce(entry, user ? std::optional{user->hash} : std::nullopt, at, out);
        review(sender, now, out);
        return;
    }
    const AbsenceTracker::Verdict verdict = entry.absence.denied(now, config_);
    if (verdict.drop) {
        if (!entry.verified) unconfirm(entry, 0, out);
        if (entry.pool == PoolStanding::active) entry.pool = PoolStanding::absent;
        refile(entry);
        review(sender, now, out);
    }
    if (verdict.next_check) presence_book_.want(entry.hash, *verdict.next_check);
}

void Pool::tick(bus::MonoNs now, Output& out) {
    std::vector<bus::Address> addresses;
    nonce_book_.collect(now, addresses);
    counters_.nonce_queries += addresses.size();
    for (std::size_t i = 0; i < addresses.size(); i += config_.query_batch) {
        const auto from = addresses.begin() + static_cast<std::ptrdiff_t>(i);
        const auto n = std::min(config_.query_batch, addresses.size() - i);
        out.queries.push_back({.chain_id = chain_id_,
                               .kind = bus::QueryKind::account_nonce,
                               .addresses = {from, from + static_cast<std::ptrdiff_t>(n)},
                               .hashes = {}});
    }
    std::vector<bus::Hash> hashes;
    presence_book_.collect(now, hashes);
    counters_.presence_queries += hashes.size();
    for (std::size_t i = 0; i < hashes.size(); i += config_.query_batch) {
        const auto from = hashes.begin() + static_cast<std::ptrdiff_t>(i);
        const auto n = std::min(config_.query_batch, hashes.size() - i);
        out.queries.push_back({.chain_id = chain_id_,
                               .kind = bus::QueryKind::tx_presence,
                               .addresses = {},
                               .hashes = {from, from + static_cast<std::ptrdiff_t>(n)}});
    }
    counters_.senders = senders_.size();
}

void Pool::enforce_limits(SenderQueue& sender, Output& out) {
    const auto abandon = [&](Entry& victim, DropReason reason, std::uint64_t& count) {
        if (victim.pool != PoolStanding::active) {
            ++counters_.forgotten_losers;
        } else {
            ++count;
            out.events.push_back(bus::TxDropped{.hash = victim.hash,
                                                .sender = victim.sender,
                                                .nonce = victim.nonce,
                                                .reason = std::string(to_string(reason)),
                                                .by = std::nullopt});
        }
        forget(victim);
    };
    // Never empties the queue, so `sender` stays valid.
    while (sender.open().size() > config_.max_per_sender)
        abandon(*sender.least_valuable(), DropReason::sender_limit, counters_.evicted_sender_limit);
    while (entries_.size() - eviction_lists_.size(EvictionClass::settled) >
           config_.max_transactions) {
        Entry* front = nullptr;
        for (const EvictionClass eviction_class : {EvictionClass::losers, EvictionClass::blocked,
                                                   EvictionClass::pending, EvictionClass::ready}) {
            front = eviction_lists_.front(eviction_class);
            if (front != nullptr) break;
        }
        if (front == nullptr) break;
        // Evicting the sender's highest nonce creates no new gap.
        const auto& queue = senders_.find(front->sender)->second;
        abandon(*queue.least_valuable(), DropReason::pool_limit, counters_.evicted_pool_limit);
    }
}

std::optional<Pool::View> Pool::view(const bus::Hash& hash) const {
    const auto it = entries_.find(hash);
    if (it == entries_.end()) return std::nullopt;
    const Entry& entry = it->second;
    View view{.status = entry.reported,
              .sender = entry.sender,
              .nonce = entry.nonce,
              .expected_nonce = entry.reported_expected,
              .drop_reason = std::nullopt,
              .block = std::nullopt,
              .block_hash = std::nullopt};
    if (entry.reported == Status::dropped) view.drop_reason = entry.reported_drop;
    if (entry.chain == ChainStanding::confirmed) {
        view.block = entry.block_number;
        view.block_hash = entry.block_hash;
    }
    return view;
}

std::optional<bus::Nonce> Pool::next_nonce(const bus::Address& sender) const {
    const auto it = senders_.find(sender);
    return it == senders_.end() ? std::nullopt : it->second.next_nonce;
}

std::vector<bus::Hash> Pool::queue(const bus::Address& sender) const {
    std::vector<bus::Hash> hashes;
    const auto it = senders_.find(sender);
    if (it == senders_.end()) return hashes;
    for (const Entry* entry : it->second.open()) hashes.push_back(entry->hash);
    return hashes;
}

} // namespace viz::lifecycle
