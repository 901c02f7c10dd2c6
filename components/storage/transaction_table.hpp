// Rows of `transactions` and `sources` to and from values. Used by the writer's connection and,
// without its writing half, by readers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bus/transaction_record.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// Names of sources by number. Few, append-only, kept in memory.
class SourceNames {
  public:
    explicit SourceNames(Connection& connection);
    // Adds the name when it is new; only in a transaction of the writer. forget_added() after a
    // rollback takes back what the transaction had added.
    std::int64_t id_of(const std::string& name);
    const std::string& name_of(std::int64_t id); // empty: there is no such source
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

// The columns of a `SELECT` of kTransactionColumns as a record.
extern const std::string_view kTransactionColumns;
extern const int kTransactionColumnCount;
bus::TransactionRecord read_transaction(const Statement& row, SourceNames& names);

class TransactionTable {
  public:
    TransactionTable(Connection& connection, SourceNames& names);

    std::optional<bus::TransactionRecord> load(const bus::Hash& hash, bus::ChainId chain_id);
    // False, and nothing written, when there is a row of this hash and chain already.
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
