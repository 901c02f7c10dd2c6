// Converts rows of `transactions` and `sources` to and from values. Used by the writer's
// connection; readers use the reading half.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bus/transaction_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Source names by number. Few, append-only, cached in memory.
class SourceNames {
  public:
    explicit SourceNames(Connection& connection);
    // Adds a new name; only within a transaction of the writer. After a rollback, call
    // forget_added() to remove the names that the transaction added.
    std::int64_t id_of(const std::string& name);
    const std::string& name_of(std::int64_t id); // empty: no such source
    void keep_added() { added_.clear(); }
    void forget_added();

  private:
    Statement by_id_;
    Statement by_name_;
    std::unordered_map<std::string, std::int64_t> ids_;
    std::map<std::int64_t, std::string> names_;
    std::vector<std::string> added_;
    Connection& connection_;
};

// The record from the columns of a `SELECT` of kTransactionColumns.
extern const std::string_view kTransactionColumns;
extern const int kTransactionColumnCount;
bus::TransactionRecord read_transaction(const Statement& row, SourceNames& names);

class TransactionTable {
  public:
    TransactionTable(Connection& connection, SourceNames& names);

    std::optional<bus::TransactionRecord> load(const bus::Hash& hash, bus::ChainId chain_id);
    // Returns false and writes nothing if a row with this hash and chain exists.
    bool try_insert(const bus::TransactionRecord& record);
    void update(const bus::TransactionRecord& record);

  private:
    void write(Statement& statement, const bus::TransactionRecord& record);

    Connection& connection_;
    SourceNames& names_;
    Statement select_;
    Statement insert_;
    Statement update_;
};

} // namespace viz::storage
