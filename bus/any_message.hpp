// A message of any stream, told by its topic: for those who look at all of them.
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

// Nothing when the topic is of no message we know or the bytes are not valid.
std::optional<AnyMessage> decode_any(std::string_view topic, PayloadView payload);

// Whether the message is about this transaction or block: its own hash, a member of a block, what
// it was replaced by.
bool concerns(const AnyMessage& message, const Hash& hash);
// Whether the message tells of this account.
bool concerns(const AnyMessage& message, const Address& account);

// One line: {"stream","kind","chain_id","producer","sequence","wall_unix_ns","mono_ns","message"}.
// An envelope stands as in the HTTP contract, bytes as lower-case 0x hex, wei as strings.
std::string to_json(std::string_view topic, const Header& header, const AnyMessage& message);

} // namespace viz::bus
