// RAII handles for SQLite. Failures are thrown as StoreFailure within this folder; its public
// functions catch them and return a Result.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "components/storage/store_error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace viz::storage {

// A prepared statement. Bound bytes and texts must live until the next reset().
class Statement {
  public:
    Statement(sqlite3* db, std::string_view sql);

    // Parameters count from 1.
    Statement& bind(int index, std::int64_t value);
    Statement& bind_u64(int index,
                        std::uint64_t value); // by bit pattern, since SQLite's integers are signed
    Statement& bind(int index, std::span<const std::uint8_t> blob);
    Statement& bind(int index, std::string_view text);
    // Bound values are not copied, so temporaries are rejected.
    template <std::same_as<std::string> Text> Statement& bind(int, const Text&&) = delete;
    template <std::same_as<std::vector<std::uint8_t>> Bytes>
    Statement& bind(int, const Bytes&&) = delete;
    Statement& bind_null(int index);

    // Returns true while there is a row.
    bool step();
    // Runs a statement that returns no rows, and resets it.
    void run();
    void reset();

    // Columns count from 0.
    bool is_null(int column) const;
    bool is_integer(int column) const;
    bool is_blob(int column) const;
    std::int64_t integer(int column) const;
    std::uint64_t u64(int column) const;
    std::string_view text(int column) const; // valid until the next step or reset
    std::span<const std::uint8_t> blob(int column) const;

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Resets the statement on leaving the scope: an unfinished SELECT holds its snapshot.
class ResetOnExit {
  public:
    explicit ResetOnExit(Statement& statement) : statement_(statement) {}
    ~ResetOnExit() { statement_.reset(); }
    ResetOnExit(const ResetOnExit&) = delete;
    ResetOnExit& operator=(const ResetOnExit&) = delete;

  private:
    Statement& statement_;
};

enum class Access : std::uint8_t { read_only, read_write_create };

// One connection, used by one thread at a time.
class Connection {
  public:
    Connection(const std::string& path, Access access, std::chrono::milliseconds busy_timeout);

    void execute(const std::string& sql);
    // The first column of the first row.
    std::int64_t integer(std::string_view sql);
    std::string text(std::string_view sql);
    Statement prepare(std::string_view sql);
    // Rows written by the last INSERT, UPDATE or DELETE.
    int last_changes() const;
    // Whether a transaction is open.
    bool in_transaction() const;
    void rollback_if_open() noexcept;
    // Copies the whole write-ahead log into the database and waits, `most_wait` at most, for the
    // readers that still use it, so that the next write begins it anew. False: a reader kept it.
    bool restart_log(std::chrono::milliseconds most_wait);
    sqlite3* handle() const { return db_.get(); }

  private:
    struct Close {
        void operator()(sqlite3* db) const;
    };
    std::unique_ptr<sqlite3, Close> db_;
    std::chrono::milliseconds busy_timeout_;
};

} // namespace viz::storage
