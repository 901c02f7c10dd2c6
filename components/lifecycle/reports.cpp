// Events are differences: each function compares the current state with the last reported state.
#include "components/lifecycle/pool.hpp"

namespace viz::lifecycle {

void Pool::set_reported(Entry& entry, Status status) {
    --counters_.transactions[static_cast<std::size_t>(entry.reported)];
    ++counters_.transactions[static_cast<std::size_t>(status)];
    entry.reported = status;
    refile(entry);
}

void Pool::refile(Entry& entry) {
    EvictionClass eviction_class = EvictionClass::pending;
    if (entry.chain != ChainStanding::open) {
        eviction_class = EvictionClass::settled;
    } else if (entry.pool != PoolStanding::active) {
        eviction_class = EvictionClass::losers;
    } else if (entry.reported == Status::ready) {
        eviction_class = EvictionClass::ready;
    } else if (entry.reported == Status::blocked) {
        eviction_class = EvictionClass::blocked;
    }
    eviction_lists_.move(entry, eviction_class);
}

void Pool::report_loss(Entry& entry, Output& out) {
    const auto drop = [&](DropReason reason, std::optional<bus::Hash> by) {
        if (entry.reported == Status::dropped && entry.reported_drop == reason) return;
        set_reported(entry, Status::dropped);
        entry.reported_drop = reason;
        out.events.push_back(bus::TxDropped{.hash = entry.hash,
                                            .sender = entry.sender,
                                            .nonce = entry.nonce,
                                            .reason = std::string(to_string(reason)),
                                            .by = by});
    };
    if (entry.chain == ChainStanding::confirmed) return;
    if (entry.chain == ChainStanding::nonce_used) {
        // A loss that was reported before the block arrived is not reported again.
        const bool was_reported = entry.reported == Status::replaced ||
                                  (entry.reported == Status::dropped &&
                                   entry.reported_drop == DropReason::underpriced_replacement);
        if (!was_reported) drop(DropReason::nonce_used, entry.used_by);
        return;
    }
    entry.reopened = entry.reopened && entry.pool == PoolStanding::active;
    switch (entry.pool) {
    case PoolStanding::active:
        return;
    case PoolStanding::underpriced:
        return drop(DropReason::underpriced_replacement, entry.beaten_by);
    case PoolStanding::absent:
        return drop(DropReason::absent_from_pool, std::nullopt);
    case PoolStanding::replaced:
        if (entry.reported == Status::replaced && entry.reported_by == entry.beaten_by) return;
        set_reported(entry, Status::replaced);
        entry.reported_by = entry.beaten_by;
        out.events.push_back(bus::TxReplaced{.hash = entry.hash,
                                             .sender = entry.sender,
                                             .nonce = entry.nonce,
                                             .replaced_by = entry.beaten_by,
                                             .bump_bps = entry.bump,
                                             .reason = std::string(to_string(entry.kind))});
        return;
    }
}

void Pool::report_standing(const SenderQueue::Standing& standing, Output& out) {
    Entry& entry = *standing.entry;
    const Status before = entry.reported;
    if (standing.status == Status::blocked) {
        if (before == Status::blocked && entry.reported_expected == standing.expected) return;
        set_reported(entry, Status::blocked);
        entry.reported_expected = standing.expected;
        out.events.push_back(bus::TxBlocked{.hash = entry.hash,
                                            .sender = entry.sender,
                                            .nonce = entry.nonce,
                                            .expected_nonce = standing.expected,
                                            .reason = "nonce_gap"});
        return;
    }
    if (before == Status::ready) return;
    const char* reason = "next_nonce";
    if (entry.reopened) {
        reason = "reopened_by_reorg";
    } else if (before == Status::blocked) {
        reason = "gap_filled";
    } else if (before == Status::dropped || before == Status::replaced) {
        reason = "seen_again";
    }
    entry.reopened = false;
    set_reported(entry, Status::ready);
    out.events.push_back(bus::TxReady{
        .hash = entry.hash, .sender = entry.sender, .nonce = entry.nonce, .reason = reason});
}

void Pool::report_confirmed(Entry& entry, Output& out) {
    std::optional<std::int64_t> delay;
    // A backfilled transaction was first seen at an unknown earlier time, so its delay is
    // meaningless.
    if (!entry.backfilled && entry.block_timestamp_s != 0)
        delay = entry.block_timestamp_s * 1000 - entry.first_seen.value;
    entry.reopened = false;
    set_reported(entry, Status::confirmed_provisional);
    out.events.push_back(bus::TxConfirmedProvisional{.hash = entry.hash,
                                                     .sender = entry.sender,
                                                     .nonce = entry.nonce,
                                                     .block_number = entry.block_number,
                                                     .block_hash = entry.block_hash,
                                                     .block_timestamp_s = entry.block_timestamp_s,
                                                     .inclusion_delay_ms = delay});
    report_final_if_deep(entry, out);
}

void Pool::report_final_if_deep(Entry& entry, Output& out) {
    if (entry.reported != Status::confirmed_provisional || !entry.verified) return;
    if (!final_through_ || entry.block_number > *final_through_) return;
    set_reported(entry, Status::confirmed_final);
    out.events.push_back(bus::TxConfirmedFinal{
        .hash = entry.hash, .block_number = entry.block_number, .block_hash = entry.block_hash});
}

} // namespace viz::lifecycle
