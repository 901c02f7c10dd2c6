// Reasons why the record could not be opened, written or read, with advice for the operator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace viz::storage {

enum class StoreError : std::uint8_t {
    cannot_open,
    not_a_store,
    newer_schema,
    corrupt,
    disk_full,
    read_only,
    busy, // another process writes this store, or holds a lock on it
    io,
};
// Stable: used by metrics, /health and logs.
std::string_view to_string(StoreError error);
// The recommended action, as part of a sentence.
std::string_view advice(StoreError error);

// A failure with details from SQLite or the system.
struct StoreFailure {
    StoreError reason{};
    std::string detail;

    // One line: reason, path, detail, advice.
    std::string message(const std::string& path) const;
};
inline std::string_view to_string(const StoreFailure& failure) {
    return to_string(failure.reason);
}

} // namespace viz::storage
