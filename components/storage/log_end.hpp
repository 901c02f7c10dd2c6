// Finds the number after which an opened log continues: the newest according to the record, its end
// mark and the newest checkpoint. Numbers never go back: published events beyond the record's end
// are recorded as lost.
#pragma once

#include <string>

#include "components/storage/end_mark.hpp"
#include "components/storage/event_store.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

struct LogEnd {
    EndMark::Value mark; // of the event before the next one
    OpeningReport report;
};

// Requires a migrated and sealed store. Throws StoreFailure.
LogEnd find_end(Connection& connection, const std::string& store_path);

} // namespace viz::storage
