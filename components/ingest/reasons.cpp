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

std::string_view to_string(LinkError error) {
    switch (error) {
    case LinkError::resolve_failed:
        return "resolve_failed";
    case LinkError::connect_failed:
        return "connect_failed";
    case LinkError::tls_failed:
        return "tls_failed";
    case LinkError::handshake_failed:
        return "handshake_failed";
    case LinkError::closed_by_peer:
        return "closed_by_peer";
    case LinkError::message_too_big:
        return "message_too_big";
    case LinkError::protocol_error:
        return "protocol_error";
    case LinkError::timed_out:
        return "timed_out";
    case LinkError::wrong_chain_id:
        return "wrong_chain_id";
    case LinkError::subscribe_refused:
        return "subscribe_refused";
    case LinkError::subscribe_timed_out:
        return "subscribe_timed_out";
    case LinkError::chain_id_unknown:
        return "chain_id_unknown";
    case LinkError::malformed_messages:
        return "malformed_messages";
    case LinkError::silent:
        return "silent";
    case LinkError::stopped:
        return "stopped";
    }
    return "unknown";
}

} // namespace viz::ingest
