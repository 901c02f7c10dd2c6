#include "components/ingest/reasons.hpp"

namespace viz::ingest {

std::string_view to_string(DropReason reason) {
    switch (reason) {
    case DropReason::invalid_pending_hash:
        return "invalid_pending_hash";
    case DropReason::decode_queue_full:
        return "decode_queue_full";
    case DropReason::decode_queue_closed:
        return "decode_queue_closed";
    case DropReason::fetch_queue_full:
        return "fetch_queue_full";
    case DropReason::fetch_null:
        return "fetch_null";
    case DropReason::fetch_failed:
        return "fetch_failed";
    case DropReason::fetch_wrong_hash:
        return "fetch_wrong_hash";
    case DropReason::query_queue_full:
        return "query_queue_full";
    case DropReason::query_failed:
        return "query_failed";
    }
    return "unknown";
}

} // namespace viz::ingest
