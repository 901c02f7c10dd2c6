// Converts row columns to and from values, for the table files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/messages.hpp"
#include "components/eth/json_reader.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

// ---- reading; columns count from 0

// Limits for JSON in a column; the record may be damaged or from another program.
inline constexpr eth::JsonLimits kStoredLimits{.bytes = 16u << 20, .depth = 16, .values = 500'000};

template <class T> T fixed(const Statement& row, int column) {
    T value;
    const auto bytes = row.blob(column);
    std::copy_n(bytes.begin(), std::min(bytes.size(), value.bytes.size()), value.bytes.begin());
    return value;
}
template <class T> std::optional<T> maybe_fixed(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(fixed<T>(row, column));
}
bus::Wei wei(const Statement& row, int column);
// Two's complement of a decimal text that may have a minus.
bus::Wei signed_wei(const Statement& row, int column);
std::uint32_t u32(const Statement& row, int column);
// A JSON array of strings; other elements are skipped.
std::vector<std::string> text_list(std::string_view json);
// A JSON array of hashes as 0x and 64 digits.
std::vector<bus::Hash> hash_list(std::string_view json);

// ---- writing

std::string texts_json(const std::vector<std::string>& texts);
std::string hashes_json(const std::vector<bus::Hash>& hashes);

// Binds a statement's parameters in the order of the table's columns, and owns the converted
// values. Must live until the statement has run.
class RowBinder {
  public:
    explicit RowBinder(Statement& to) : to_(to) {}

    RowBinder& integer(std::int64_t value);
    RowBinder& u64(std::uint64_t value);
    template <class T> RowBinder& bytes(const T& value) {
        to_.bind(next_++, value.view());
        return *this;
    }
    template <class T> RowBinder& bytes(const std::optional<T>& value) {
        return value ? bytes(*value) : null();
    }
    // Bytes are not copied, so temporaries are rejected.
    template <class T> RowBinder& bytes(const T&&) = delete;
    RowBinder& text(std::string value);
    RowBinder& wei(const std::optional<bus::Wei>& value);
    RowBinder& signed_wei(const std::optional<bus::Wei>& value);
    RowBinder& null(int columns = 1);

  private:
    Statement& to_;
    int next_{1};
    std::deque<std::string> made_; // its elements do not move
};

// SQL that inserts a row with these columns (a comma-separated list), or updates the row with the
// same `key`.
std::string upsert_sql(std::string_view table, std::string_view key, std::string_view columns);

} // namespace viz::storage
