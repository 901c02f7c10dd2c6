#include "components/node/link_error.hpp"

namespace viz::node {

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

} // namespace viz::node
