#include "bus/transaction_fold.hpp"

#include <algorithm>

namespace viz::bus {

std::string_view to_string(LifecycleStatus status) {
    switch (status) {
    case LifecycleStatus::pending:
        return "pending";
    case LifecycleStatus::ready:
        return "ready";
    case LifecycleStatus::blocked:
        return "blocked";
    case LifecycleStatus::confirmed_provisional:
        return "confirmed_provisional";
    case LifecycleStatus::replaced:
        return "replaced";
    case LifecycleStatus::dropped:
        return "dropped";
    case LifecycleStatus::confirmed_final:
        return "confirmed_final";
    }
    return "unknown";
}

std::optional<LifecycleStatus> lifecycle_status_from_number(std::int64_t number) {
    for (const auto status :
         {LifecycleStatus::pending, LifecycleStatus::ready, LifecycleStatus::blocked,
          LifecycleStatus::confirmed_provisional, LifecycleStatus::replaced,
          LifecycleStatus::dropped, LifecycleStatus::confirmed_final})
        if (static_cast<std::int64_t>(status) == number) return status;
    return std::nullopt;
}

TransactionRecord new_record(const Hash& hash, ChainId chain_id) {
    TransactionRecord record;
    record.hash = hash;
    record.chain_id = chain_id;
    return record;
}

namespace {

void note_first_seen(TransactionRecord& record, UnixMs time) {
    if (time.value == 0) return;
    if (record.first_seen_unix_ms.value == 0 || time < record.first_seen_unix_ms)
        record.first_seen_unix_ms = time;
}

void add_source(TransactionRecord& record, const Envelope& event, bool backfilled) {
    const auto time = event.ingest_ts_unix_ms;
    auto& sources = record.sources;
    const auto known =
        std::ranges::find(sources, event.source_id, &TransactionRecord::Source::source_id);
    if (known != sources.end()) {
        if (known->first_seen_unix_ms <= time) return;
        sources.erase(known);
    }
    const auto place =
        std::ranges::upper_bound(sources, time, {}, &TransactionRecord::Source::first_seen_unix_ms);
    sources.insert(place, {event.source_id, time, backfilled});
}

struct Fold {
    TransactionRecord& record;
    const Envelope& event;

    void status(LifecycleStatus next, std::string reason) const {
        record.lifecycle_status = next;
        record.lifecycle_reason = std::move(reason);
        record.lifecycle_updated_unix_ms = event.ingest_ts_unix_ms;
    }
    void not_included() const {
        record.included_block.reset();
        record.included_block_hash.reset();
        record.inclusion_delay_ms.reset();
    }
    // Pending in the pool, again or still.
    void waiting(LifecycleStatus next, const std::string& reason) const {
        status(next, reason);
        not_included();
        record.superseded_by.reset();
    }
    // Cannot be included: another transaction was, or it left the pool.
    void lost(LifecycleStatus next, const std::string& reason, std::optional<Hash> to) const {
        status(next, reason);
        not_included();
        record.superseded_by = to;
    }

    void operator()(const TxSeen& e) const {
        note_first_seen(record, event.ingest_ts_unix_ms);
        add_source(record, event, e.backfilled);
    }
    void operator()(const TxFetched&) const {}
    void operator()(const TxDecoded& e) const {
        note_first_seen(record, e.first_seen_unix_ms);
        if (!record.decoded) record.decoded = e;
    }
    void operator()(const TxReady& e) const { waiting(LifecycleStatus::ready, e.reason); }
    void operator()(const TxBlocked& e) const { waiting(LifecycleStatus::blocked, e.reason); }
    void operator()(const TxReplaced& e) const {
        lost(LifecycleStatus::replaced, e.reason, e.replaced_by);
    }
    void operator()(const TxDropped& e) const { lost(LifecycleStatus::dropped, e.reason, e.by); }
    void operator()(const TxConfirmedProvisional& e) const {
        status(LifecycleStatus::confirmed_provisional, "included");
        record.superseded_by.reset();
        record.included_block = e.block_number;
        record.included_block_hash = e.block_hash;
        record.inclusion_delay_ms = e.inclusion_delay_ms;
    }
    void operator()(const TxConfirmedFinal& e) const {
        status(LifecycleStatus::confirmed_final, "finality_depth");
        record.superseded_by.reset();
        record.included_block = e.block_number;
        record.included_block_hash = e.block_hash;
    }
    void operator()(const TxReorged&) const { waiting(LifecycleStatus::pending, "reorged"); }
    void operator()(const Feature& e) const { record.feature = e; }
    void operator()(const BlockRecord&) const {}
    // Search and simulation results have their own boards and tables.
    template <class Other> void operator()(const Other&) const {}
};

} // namespace

bool changes_record(EventType type) {
    switch (type) {
    case EventType::tx_seen:
    case EventType::tx_decoded:
    case EventType::tx_ready:
    case EventType::tx_blocked:
    case EventType::tx_replaced:
    case EventType::tx_dropped:
    case EventType::tx_confirmed_provisional:
    case EventType::tx_confirmed_final:
    case EventType::tx_reorged:
    case EventType::feature_record:
        return true;
    default:
        return false;
    }
}

void apply(TransactionRecord& record, const Envelope& event) {
    std::visit(Fold{record, event}, event.data);
}

} // namespace viz::bus
