#include "components/storage/sqlite.hpp"

#include <new>

#include <sqlite3.h>

#include "components/storage/page_checksums.hpp"

namespace viz::storage {

namespace {

StoreError reason_of(int code) {
    switch (code & 0xff) {
    case SQLITE_FULL:
        return StoreError::disk_full;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return StoreError::read_only;
    case SQLITE_NOTADB:
        return StoreError::not_a_store;
    case SQLITE_CANTOPEN:
        return StoreError::cannot_open;
    // A constraint fails only if another program wrote rows with numbers that this process
    // assigned.
    case SQLITE_CONSTRAINT:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return StoreError::busy;
    // A missing table or column: this process has neither created nor checked the schema.
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_CORRUPT:
    case SQLITE_MISMATCH:
        return StoreError::corrupt;
    default:
        return StoreError::io;
    }
}

[[noreturn]] void fail(sqlite3* db, int code) {
    if ((code & 0xff) == SQLITE_NOMEM) throw std::bad_alloc();
    std::string detail = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    detail += ", sqlite code " + std::to_string(code);
    throw StoreFailure{reason_of(code), std::move(detail)};
}

} // namespace

// ------------------------------------------------------------------------------- Statement

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* db, std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    statement_.reset(raw);
    if (code != SQLITE_OK) fail(db, code);
}

namespace {
void check(sqlite3_stmt* statement, int code) {
    if (code != SQLITE_OK) fail(sqlite3_db_handle(statement), code);
}
} // namespace

Statement& Statement::bind(int index, std::int64_t value) {
    check(statement_.get(), sqlite3_bind_int64(statement_.get(), index, value));
    return *this;
}
Statement& Statement::bind_u64(int index, std::uint64_t value) {
    return bind(index, static_cast<std::int64_t>(value));
}
Statement& Statement::bind(int index, std::span<const std::uint8_t> blob) {
    // A null pointer would bind NULL, not an empty blob.
    static constexpr std::uint8_t kEmpty = 0;
    const void* data = blob.empty() ? &kEmpty : blob.data();
    check(statement_.get(),
          sqlite3_bind_blob64(statement_.get(), index, data, blob.size(), SQLITE_STATIC));
    return *this;
}
Statement& Statement::bind(int index, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    check(statement_.get(), sqlite3_bind_text64(statement_.get(), index, data, text.size(),
                                                SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}
Statement& Statement::bind_null(int index) {
    check(statement_.get(), sqlite3_bind_null(statement_.get(), index));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto* db = sqlite3_db_handle(statement_.get());
    std::string detail = sqlite3_errmsg(db);
    reset();
    if ((code & 0xff) == SQLITE_NOMEM) throw std::bad_alloc();
    throw StoreFailure{reason_of(code), detail + ", sqlite code " + std::to_string(code)};
}

void Statement::run() {
    while (step()) {
    }
    reset();
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
bool Statement::is_integer(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER;
}
bool Statement::is_blob(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_BLOB;
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}
std::uint64_t Statement::u64(int column) const {
    return static_cast<std::uint64_t>(integer(column));
}
std::string_view Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
std::span<const std::uint8_t> Statement::blob(int column) const {
    const auto* data =
        static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

// ------------------------------------------------------------------------------- Connection

void Connection::Close::operator()(sqlite3* db) const {
    sqlite3_close_v2(db);
}

Connection::Connection(const std::string& path, Access access,
                       std::chrono::milliseconds busy_timeout)
    : busy_timeout_(busy_timeout) {
    const int flags = access == Access::read_only
                          ? SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
                          : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    sqlite3* raw = nullptr;
    // Any connection that writes pages must write checksums; readers use SQLite's default VFS.
    const char* vfs = access == Access::read_only ? nullptr : page_checksum_vfs();
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags, vfs);
    db_.reset(raw);
    if (code != SQLITE_OK) fail(raw, code);
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, static_cast<int>(busy_timeout.count()));
    // SQLite opens a write-protected file read-only instead of failing.
    if (access == Access::read_write_create && sqlite3_db_readonly(raw, "main") == 1)
        throw StoreFailure{StoreError::read_only, "the file is write-protected"};
    // Applies to a new file; an existing file keeps its setting.
    int reserve = kPageReserve;
    if (access == Access::read_write_create)
        sqlite3_file_control(raw, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
}

void Connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(db_.get(), code);
}

std::int64_t Connection::integer(std::string_view sql) {
    auto statement = prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

std::string Connection::text(std::string_view sql) {
    auto statement = prepare(sql);
    return statement.step() ? std::string(statement.text(0)) : std::string();
}

Statement Connection::prepare(std::string_view sql) {
    return Statement(db_.get(), sql);
}

int Connection::last_changes() const {
    return sqlite3_changes(db_.get());
}

bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(db_.get()) == 0;
}

bool Connection::restart_log(std::chrono::milliseconds most_wait) {
    auto* db = db_.get();
    sqlite3_busy_timeout(db, static_cast<int>(most_wait.count()));
    const int code =
        sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
    sqlite3_busy_timeout(db, static_cast<int>(busy_timeout_.count()));
    return code == SQLITE_OK;
}

void Connection::rollback_if_open() noexcept {
    // A failed rollback needs no handling: the transaction ends with the connection.
    if (in_transaction()) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

} // namespace viz::storage
