#include "components/lifecycle/pool.hpp"

namespace viz::lifecycle {
namespace {

PoolStanding pool_standing(const RecoveredTx& known) {
    if (known.status == Status::replaced) return PoolStanding::replaced;
    if (known.status != Status::dropped) return PoolStanding::active;
    return drop_reason_from_string(known.reason) == DropReason::underpriced_replacement
               ? PoolStanding::underpriced
               : PoolStanding::absent;
}

void restore(Entry& entry, const RecoveredTx& known) {
    const bus::TxDecoded& tx = known.tx;
    entry.first_seen = tx.first_seen_unix_ms;
    entry.backfilled = known.backfilled;
    entry.fees = {tx.max_fee_per_gas, tx.max_priority_fee_per_gas, tx.max_fee_per_blob_gas};
    entry.intent = {tx.to, tx.value, tx.calldata_len, std::nullopt};
    entry.pool = pool_standing(known);
    entry.beaten_by = known.by.value_or(bus::Hash{});
    entry.reported_by = entry.beaten_by;
    entry.reported_expected = known.expected_nonce;
    entry.reported_drop =
        drop_reason_from_string(known.reason).value_or(DropReason::absent_from_pool);
}

} // namespace

void Pool::recover(const Recovery& recovery, bus::MonoNs now) {
    for (const bus::BlockRecord& block : recovery.blocks) {
        const bool next =
            window_.empty() || (window_.head().hash == block.parent_hash &&
                                window_.head().number.value + 1 == block.number.value);
        if (!next) window_.clear();
        window_.push({block, {}});
    }
    if (!window_.empty() && head_number().value >= config_.finality_depth)
        final_through_ = bus::BlockNumber{head_number().value - config_.finality_depth};
    for (const RecoveredTx& known : recovery.transactions) {
        // Skips final transactions, and evicted or superseded ones until they are announced again.
        const auto dropped = drop_reason_from_string(known.reason);
        const bool abandoned =
            known.status == Status::dropped &&
            (dropped == DropReason::sender_limit || dropped == DropReason::pool_limit ||
             dropped == DropReason::nonce_used);
        if (known.status == Status::confirmed_final || abandoned ||
            entries_.contains(known.tx.hash))
            continue;
        SenderQueue& sender = sender_of(known.tx.sender);
        Entry& entry = add(known.tx.hash, known.tx.sender, known.tx.nonce);
        restore(entry, known);
        sender.insert(entry);
        if (known.status == Status::confirmed_provisional) {
            set_chain(entry, ChainStanding::confirmed, known.block_number);
            entry.block_hash = known.block_hash;
            entry.block_timestamp_s = known.block_timestamp_s;
            const WindowBlock* block = window_.at(known.block_number);
            entry.verified = block != nullptr && block->record.hash == known.block_hash;
            sender.next_nonce = std::max(sender.next_nonce.value_or(0), entry.nonce + 1);
            if (!entry.verified) presence_book_.want(entry.hash, now);
        } else if (entry.pool == PoolStanding::active) {
            nonce_book_.want(entry.sender, now);
            presence_book_.want(entry.hash, entry.absence.announced(now, config_));
        }
        set_reported(entry, known.status);
    }
}

} // namespace viz::lifecycle
