// A transaction, or one sighting of it, as a line of an export.
#pragma once

#include <string>

#include "components/storage/reader.hpp"

namespace viz::replay {

// Column names and order are those of public mempool archives; unknown values are empty. Amounts in
// wei are decimal digits. gas_price of a transaction with a fee market is its fee cap.
extern const char* const kTransactionHeader;
extern const char* const kSourceHeader;

std::string transaction_csv(const storage::TransactionRow& row);
std::string transaction_json(const storage::TransactionRow& row);
std::string source_csv(const bus::Envelope& seen);
std::string source_json(const bus::Envelope& seen);

} // namespace viz::replay
