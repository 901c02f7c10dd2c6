// Applies blocks and reverts reorganisations.
#include <algorithm>
#include <cassert>
#include <utility>

#include "components/lifecycle/pool.hpp"

namespace viz::lifecycle {
namespace {

bus::BlockRecord record_of(const bus::Head& head) {
    return {.number = head.number,
            .hash = head.hash,
            .parent_hash = head.parent_hash,
            .timestamp_s = head.timestamp_s,
            .base_fee = head.base_fee,
            .gas_used = head.gas_used,
            .gas_limit = head.gas_limit,
            .tx_count = static_cast<std::uint32_t>(head.transactions.size()),
            .canonical = true};
}

} // namespace

bus::BlockNumber Pool::head_number() const {
    return window_.empty() ? bus::BlockNumber{} : window_.head().number;
}

void Pool::on_head(const bus::Head& head, bus::MonoNs now, Output& out) {
    if (!window_.empty() && window_.find(head.hash) != nullptr) {
        ++counters_.duplicate_heads;
        return;
    }
    if (!follows(head, now, out)) lose_continuity(now);
    out.events.emplace_back(record_of(head));
    window_.push({record_of(head), head.transactions});
    finalise(out);
    settle_block(*window_.at(head.number), now, out);
    forget_old();
}

// Whether the head can be appended to the window. If its parent is an older block in the window, a
// reorganisation was not announced: it is applied here.
bool Pool::follows(const bus::Head& head, bus::MonoNs now, Output& out) {
    if (window_.empty()) return true;
    const WindowBlock* parent = window_.find(head.parent_hash);
    if (parent == nullptr || parent->record.number.value + 1 != head.number.value) return false;
    if (parent->record.hash == window_.head().hash) return true;
    take_back({.chain_id = chain_id_,
               .ancestor_number = parent->record.number,
               .ancestor_hash = head.parent_hash,
               .depth = window_.head().number.value - parent->record.number.value,
               .reverted_blocks = {}},
              now, out);
    return true;
}

void Pool::settle_block(const WindowBlock& block, bus::MonoNs now, Output& out) {
    const bus::BlockRecord& record = block.record;
    begin_touching();
    const auto advance = [&](const bus::Address& account, bus::Nonce nonce, bool authority) {
        const auto it = senders_.find(account);
        if (it == senders_.end()) return;
        SenderQueue& sender = it->second;
        touch(sender);
        if (!authority) {
            sender.next_nonce = std::max(sender.next_nonce.value_or(0), nonce + 1);
        } else if (sender.next_nonce == nonce && sender.as_of < record.number) {
            sender.next_nonce = nonce + 1;
            // The node's list may include authorities that the chain skipped.
            nonce_book_.want(account, later(now, config_.retry_first));
        }
    };
    for (const bus::BlockTx& tx : block.transactions) {
        const auto mined = entries_.find(tx.hash);
        if (mined != entries_.end())
            confirm(mined->second, {record.number, record.hash, record.timestamp_s}, out);
        advance(tx.sender, tx.nonce, false);
        if (const auto sender = senders_.find(tx.sender); sender != senders_.end()) {
            found_.clear();
            sender->second.open_at(tx.nonce, found_);
            if (!found_.empty() && mined == entries_.end()) ++counters_.private_winners;
            for (Entry* loser : found_) use_nonce(*loser, tx.hash, record.number, out);
        }
        for (const bus::AuthorityUse& use : tx.authorities) advance(use.address, use.nonce, true);
    }
    for (SenderQueue* sender : touched_) {
        sender->as_of = std::max(sender->as_of, record.number);
        review(*sender, now, out);
    }
}

void Pool::begin_touching() {
    touched_.clear();
    ++touch_round_;
}

void Pool::touch(SenderQueue& sender) {
    if (sender.touched_in == touch_round_) return;
    sender.touched_in = touch_round_;
    touched_.push_back(&sender);
}

void Pool::confirm(Entry& entry, const Mined& mined, Output& out) {
    if (entry.chain == ChainStanding::confirmed) {
        if (entry.block_hash == mined.hash) {
            entry.verified = true;
            report_final_if_deep(entry, out);
            return;
        }
        unconfirm(entry, 0, out); // a reorganisation in between was missed
    }
    presence_book_.settle(entry.hash);
    set_chain(entry, ChainStanding::confirmed, mined.number);
    entry.block_hash = mined.hash;
    entry.block_timestamp_s = mined.timestamp_s;
    entry.verified = true;
    report_confirmed(entry, out);
}

void Pool::use_nonce(Entry& entry, std::optional<bus::Hash> by, bus::BlockNumber at, Output& out) {
    presence_book_.settle(entry.hash);
    set_chain(entry, ChainStanding::nonce_used, at);
    entry.used_by = by;
    report_loss(entry, out);
}

// The only place that moves an entry between the sender's open queue and the settled entries.
void Pool::set_chain(Entry& entry, ChainStanding standing, bus::BlockNumber at) {
    SenderQueue& sender = senders_.find(entry.sender)->second;
    sender.erase(entry);
    if (entry.chain != ChainStanding::open) {
        const auto block = settled_.find(entry.block_number);
        if (block != settled_.end()) {
            std::erase(block->second, &entry);
            if (block->second.empty()) settled_.erase(block);
        }
    }
    entry.chain = standing;
    entry.block_number = at;
    entry.used_by.reset();
    entry.overtaken = false;
    if (standing != ChainStanding::open) settled_[at].push_back(&entry);
    sender.insert(entry);
    refile(entry);
}

// Restores the entry's pool standing. `depth` 0: unknown.
void Pool::unconfirm(Entry& entry, std::uint64_t depth, Output& out) {
    out.events.push_back(bus::TxReorged{.hash = entry.hash,
                                        .block_number = entry.block_number,
                                        .block_hash = entry.block_hash,
                                        .depth = depth});
    set_chain(entry, ChainStanding::open, bus::BlockNumber{});
    entry.verified = true;
    entry.reopened = true;
    set_reported(entry, Status::pending);
}

void Pool::on_reorg(const bus::Reorg& reorg, bus::MonoNs now, Output& out) {
    if (window_.empty() || reorg.ancestor_number >= window_.head().number) {
        ++counters_.ignored_reorgs;
        return;
    }
    take_back(reorg, now, out);
}

void Pool::take_back(const bus::Reorg& reorg, bus::MonoNs now, Output& out) {
    ++counters_.reorgs;
    counters_.last_reorg_depth = reorg.depth;
    begin_touching();
    bus::BlockNumber lowest_held = window_.head().number;
    while (!window_.empty() && window_.head().number > reorg.ancestor_number) {
        WindowBlock block = window_.pop();
        lowest_held = block.record.number;
        roll_back_nonces(block, reorg.ancestor_number);
        block.record.canonical = false;
        out.events.emplace_back(block.record);
    }
    reopen_above(reorg, now, out);
    if (final_through_ && *final_through_ > reorg.ancestor_number)
        final_through_ = reorg.ancestor_number;
    // All nonces known at greater heights now count for the ancestor only, also those of senders
    // without transactions in the reverted blocks. (This visits all senders: reorganisations are
    // rare.)
    for (auto& [address, sender] : senders_)
        sender.as_of = std::min(sender.as_of, reorg.ancestor_number);
    for (SenderQueue* sender : touched_) review(*sender, now, out);
    const bool reached = !window_.empty() && window_.head().hash == reorg.ancestor_hash;
    // If the lowest block held directly follows the ancestor, no block is missing.
    if (reached || (window_.empty() && lowest_held.value == reorg.ancestor_number.value + 1))
        return;
    // Effects of blocks outside the window cannot be reverted here: query the node again.
    ++counters_.reorgs_beyond_window;
    window_.clear();
    ask_all_nonces(now);
}

// Newest block first, and backwards within a block: EIP-7702 advances the sender's nonce before
// those of the authorities, in order. Skips authorities that cannot have counted.
void Pool::roll_back_nonces(const WindowBlock& block, bus::BlockNumber ancestor) {
    const auto tracked = [&](const bus::Address& account) -> SenderQueue* {
        const auto it = senders_.find(account);
        if (it == senders_.end() || !it->second.next_nonce || it->second.as_of <= ancestor)
            return nullptr;
        touch(it->second);
        return &it->second;
    };
    for (auto tx = block.transactions.rbegin(); tx != block.transactions.rend(); ++tx) {
        for (auto use = tx->authorities.rbegin(); use != tx->authorities.rend(); ++use) {
            SenderQueue* account = tracked(use->address);
            if (account != nullptr && *account->next_nonce == use->nonce + 1)
                account->next_nonce = use->nonce;
        }
        if (SenderQueue* sender = tracked(tx->sender))
            sender->next_nonce = std::min(*sender->next_nonce, tx->nonce);
    }
}

void Pool::reopen_above(const bus::Reorg& reorg, bus::MonoNs now, Output& out) {
    while (!settled_.empty() && settled_.rbegin()->first > reorg.ancestor_number) {
        const std::vector<Entry*> entries = settled_.rbegin()->second;
        for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
            Entry& entry = **it;
            SenderQueue& sender = senders_.find(entry.sender)->second;
            if (entry.chain == ChainStanding::confirmed) {
                unconfirm(entry, reorg.depth, out);
                // Blocks known only from the record have no transactions to roll back.
                if (sender.next_nonce && sender.as_of > reorg.ancestor_number)
                    sender.next_nonce = std::min(*sender.next_nonce, entry.nonce);
            } else {
                set_chain(entry, ChainStanding::open, bus::BlockNumber{});
                entry.reopened = true;
            }
            touch(sender);
            entry.absence.announced(now, config_);
            // The node may or may not return reverted transactions to its pool: query soon.
            if (entry.pool == PoolStanding::active)
                presence_book_.want(entry.hash, later(now, config_.retry_first));
        }
    }
}

// A gap between the head and the window: nonces may have changed, and confirmed transactions may no
// longer be.
void Pool::lose_continuity(bus::MonoNs now) {
    ++counters_.head_gaps;
    window_.clear();
    for (const auto& [number, entries] : settled_) {
        for (Entry* entry : entries) {
            if (entry->chain != ChainStanding::confirmed ||
                entry->reported == Status::confirmed_final)
                continue;
            entry->verified = false;
            presence_book_.want(entry->hash, now);
        }
    }
    ask_all_nonces(now);
}

void Pool::ask_all_nonces(bus::MonoNs now) {
    for (const EvictionClass eviction_class :
         {EvictionClass::ready, EvictionClass::blocked, EvictionClass::pending}) {
        for (const Entry* e = eviction_lists_.front(eviction_class); e != nullptr;
             e = e->eviction_next)
            nonce_book_.want(e->sender, now);
    }
}

void Pool::finalise(Output& out) {
    const bus::BlockNumber head = window_.head().number;
    if (head.value < config_.finality_depth) return;
    const bus::BlockNumber through{head.value - config_.finality_depth};
    auto it = final_through_ ? settled_.upper_bound(*final_through_) : settled_.begin();
    final_through_ = std::max(through, final_through_.value_or(through));
    for (; it != settled_.end() && it->first <= through; ++it) {
        for (Entry* entry : it->second) report_final_if_deep(*entry, out);
    }
}

void Pool::forget_old() {
    const std::uint64_t head = window_.head().number.value;
    auto it = settled_.begin();
    while (it != settled_.end() && it->first.value + config_.reorg_window <= head) {
        // An entry awaiting verification is kept for a second reorg_window.
        const bool patience = it->first.value + 2 * config_.reorg_window > head;
        const std::vector<Entry*> entries = it->second;
        ++it; // advance first: forget() erases emptied blocks
        for (Entry* entry : entries) {
            if (!entry->verified && patience) continue;
            finals_.add(entry->hash);
            forget(*entry);
        }
    }
}

void Pool::forget(Entry& entry) {
    presence_book_.settle(entry.hash);
    if (entry.chain != ChainStanding::open) {
        const auto block = settled_.find(entry.block_number);
        std::erase(block->second, &entry);
        if (block->second.empty()) settled_.erase(block);
    }
    const auto sender = senders_.find(entry.sender);
    sender->second.erase(entry);
    if (sender->second.empty()) {
        nonce_book_.settle(entry.sender);
        senders_.erase(sender);
    }
    --counters_.transactions[static_cast<std::size_t>(entry.reported)];
    eviction_lists_.remove(entry);
    const bus::Hash hash = entry.hash;
    entries_.erase(hash);
}

} // namespace viz::lifecycle
