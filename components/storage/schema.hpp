// The tables, for the program and for users of the sqlite3 shell. README.md documents them.
#pragma once

#include <cstdint>

#include "components/storage/sqlite.hpp"

namespace viz::storage {

// "VIZA" in the file's header identifies a store.
inline constexpr std::int64_t kApplicationId = 0x56495A41;
// PRAGMA user_version. Increased by every migration.
inline constexpr std::int64_t kStoreVersion = 4;

// Throws StoreFailure not_a_store or newer_schema. A new, empty file passes.
void check_identity(Connection& connection);

// Migrates the file from any earlier version (0: empty) to kStoreVersion, each step in its own
// transaction.
void migrate(Connection& connection);

} // namespace viz::storage
