// The tables, for the program and for people with the sqlite3 shell. README.md documents them.
#pragma once

#include <cstdint>

#include "components/storage/sqlite.hpp"

namespace viz::storage {

// "VIZA" in the file's header: the file is one of ours.
inline constexpr std::int64_t kApplicationId = 0x56495A41;
// PRAGMA user_version. Raised by every migration.
inline constexpr std::int64_t kStoreVersion = 4;

// Throws StoreFailure not_a_store or newer_schema. A new, empty file passes.
void check_identity(Connection& connection);

// Brings the file to kStoreVersion, each step in a transaction of its own, from whatever earlier
// version (0: empty) it has.
void migrate(Connection& connection);

} // namespace viz::storage
