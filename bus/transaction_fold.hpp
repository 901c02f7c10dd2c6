// What an event does to what is known of its transaction. The one place that says so: storage,
// the HTTP read model and replay all fold with it.
#pragma once

#include "bus/transaction_record.hpp"

namespace viz::bus {

// The empty record of the transaction an event is about.
TransactionRecord new_record(const Hash& hash, ChainId chain_id);

// Whether apply() does anything with events of this type: those that do not need no record.
bool changes_record(EventType type);

// Applies one event or record of the transaction; the caller has matched the hash. Events of one
// producer come in its order; those of different producers may come in any (a TxReady before its
// TxDecoded, a second source's TxSeen with an earlier time). Applying the same event twice is
// applying it once. An event without a transaction (a block) changes nothing.
void apply(TransactionRecord& record, const Envelope& event);

} // namespace viz::bus
