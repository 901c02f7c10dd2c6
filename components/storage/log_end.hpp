// Where the log goes on when it is opened to write: the newest of what the record, the mark of its
// end and the newest checkpoint say. Numbers never go back: what was shown beyond the record's end
// is recorded as lost.
#pragma once

#include <string>

#include "components/storage/end_mark.hpp"
#include "components/storage/event_store.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

struct LogEnd {
    EndMark::Value mark; // of the event that the next one follows
    OpeningReport report;
};

// Of a migrated and sealed store. Throws StoreFailure.
LogEnd find_end(Connection& connection, const std::string& store_path);

} // namespace viz::storage
