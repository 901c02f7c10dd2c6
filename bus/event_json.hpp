// Events as the JSON text of the HTTP contract: `/events`, the live stream, the tap and exports
// all show the same bytes. Appends to a string without building a document first.
#pragma once

#include <string>
#include <string_view>

#include "bus/messages.hpp"

namespace viz::bus {

// {"seq_id","ingest_ts_unix_ms","ingest_ts_mono_ns","source_id","payload":{"type","data"}}
// `data` begins with "hash" (a block: its own) and "chain_id". Byte strings are lower-case 0x hex,
// `_wei` fields and amounts of tokens strings of decimal digits (those that may be a loss with a
// minus), what is absent is null. Valid UTF-8 whatever the
// strings hold.
void append_json(std::string& out, const Envelope& event);
std::string to_json(const Envelope& event);

// The attempts of a submission, as a list.
void append_json(std::string& out, const std::vector<RelayAttempt>& attempts);

// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

} // namespace viz::bus
