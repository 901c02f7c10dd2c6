// Applies events to the record of their transaction. Storage, the HTTP read model and replay all
// use it.
#pragma once

#include "bus/transaction_record.hpp"

namespace viz::bus {

// The empty record of the transaction an event is about.
TransactionRecord new_record(const Hash& hash, ChainId chain_id);

// Whether apply() uses events of this type; other types need no record.
bool changes_record(EventType type);

// Applies one event or record of the transaction; the caller has matched the hash. Events of one
// producer arrive in its order; those of different producers may arrive in any order (a TxReady
// before its TxDecoded, a second source's TxSeen with an earlier time). Applying the same event
// twice has the same effect as once. An event without a transaction (a block) changes nothing.
void apply(TransactionRecord& record, const Envelope& event);

} // namespace viz::bus
