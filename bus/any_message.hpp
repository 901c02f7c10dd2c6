// A message of any stream, identified by its topic: for consumers that read all streams.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bus/codec.hpp"
#include "bus/message.hpp"
#include "bus/tap_report.hpp"

namespace viz::bus {

using AnyMessage = std::variant<PendingTx, DecodedTx, Head, Reorg, EndpointStatus, AccountNonce,
                                TxPresence, ChainQuery, BodyRefused, Feature, Candidate, Simulated,
                                Verdict, Envelope, TapReport>;

// std::nullopt when the topic names no known message or the bytes are not valid.
std::optional<AnyMessage> decode_any(std::string_view topic, PayloadView payload);

// True when the message is about this transaction or block: its own hash, a member of a block, or
// the transaction that replaced it.
bool concerns(const AnyMessage& message, const Hash& hash);
// True when the message refers to this account.
bool concerns(const AnyMessage& message, const Address& account);

// One line: {"stream","kind","chain_id","producer","sequence","wall_unix_ns","mono_ns","message"}.
// An envelope is written as in the HTTP contract, bytes as lower-case 0x hex, wei as strings.
std::string to_json(std::string_view topic, const Header& header, const AnyMessage& message);

} // namespace viz::bus
