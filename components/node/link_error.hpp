// Why a connection to a node ended or an endpoint was abandoned. The texts are metric labels and
// part of `/chains/status`, and therefore stable.
#pragma once

#include <cstdint>
#include <string_view>

namespace viz::node {

enum class LinkError : std::uint8_t {
    resolve_failed,
    connect_failed,
    tls_failed, // certificate or host name not trusted, or not TLS at all
    handshake_failed,
    closed_by_peer,
    message_too_big,
    protocol_error,
    timed_out,
    wrong_chain_id,
    subscribe_refused,
    subscribe_timed_out,
    chain_id_unknown, // eth_chainId not answered
    malformed_messages,
    silent,
    stopped,
};
std::string_view to_string(LinkError error);

} // namespace viz::node
