// Events as the JSON text of the HTTP contract: `/events`, the live stream, the tap and exports
// produce the same bytes. Appends to a string without building a document first.
#pragma once

#include <string>
#include <string_view>

#include "bus/messages.hpp"

namespace viz::bus {

// {"seq_id","ingest_ts_unix_ms","ingest_ts_mono_ns","source_id","payload":{"type","data"}}
// `data` begins with "hash" (of the transaction or block) and "chain_id". Byte strings are
// lower-case 0x hex; `_wei` fields and token amounts are strings of decimal digits (with a minus
// where a loss is possible); absent values are null. The output is valid UTF-8 for any string
// content.
void append_json(std::string& out, const Envelope& event);
std::string to_json(const Envelope& event);

// The attempts of a submission, as a JSON array.
void append_json(std::string& out, const std::vector<RelayAttempt>& attempts);

// A JSON string with its quotes. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

} // namespace viz::bus
