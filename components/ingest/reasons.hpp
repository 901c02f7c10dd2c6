// Why an observation did not reach decode. The texts are metric labels and therefore stable.
#pragma once

#include <cstdint>
#include <string_view>

namespace viz::ingest {

enum class DropReason : std::uint8_t {
    invalid_pending_hash, // the notification carries neither a hash nor a body with one
    decode_queue_full,    // stream `pending` is full
    decode_queue_closed,  // stream `pending` has no receiver any more
    fetch_queue_full,     // too many hashes wait for their body
    fetch_null,           // the node announced it and then answered null at every attempt
    fetch_failed,         // no usable answer at any attempt
    fetch_wrong_hash,     // the body returned for a hash names another hash
    query_queue_full,     // too many queued queries of lifecycle
    query_failed,         // no attempt got a usable answer to a query
};
inline constexpr std::size_t kDropReasons = 9;
std::string_view to_string(DropReason reason);

} // namespace viz::ingest
