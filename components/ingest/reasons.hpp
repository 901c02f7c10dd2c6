// Why an observation did not reach decode, and why an endpoint was left. The texts are label
// values of metrics and stand in `/chains/status`: they do not change.
#pragma once

#include <cstdint>
#include <string_view>

namespace viz::ingest {

enum class DropReason : std::uint8_t {
    invalid_pending_hash, // the notification carries neither a hash nor a body with one
    decode_queue_full,    // stream `pending` is full
    decode_queue_closed,  // stream `pending` has no receiver any more
    fetch_queue_full,     // too many hashes wait for their body
    fetch_null,           // the node announced it and then did not know it, at every attempt
    fetch_failed,         // no usable answer at any attempt
    fetch_wrong_hash,     // the body given for a hash names another one
    query_queue_full,     // too many questions of lifecycle wait
    query_failed,         // the node gave no usable answer to one at any attempt
};
inline constexpr std::size_t kDropReasons = 9;
std::string_view to_string(DropReason reason);

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

} // namespace viz::ingest
