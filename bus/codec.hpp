// Converts the values of bus/messages.hpp to and from FlatBuffers. Every decode runs the verifier:
// invalid bytes of another process are refused and never crash this one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bus/messages.hpp"

namespace viz::bus {

using Payload = std::vector<std::uint8_t>;
using PayloadView = std::span<const std::uint8_t>;

Payload encode(const PendingTx& message);
Payload encode(const DecodedTx& message);
Payload encode(const Head& message);
Payload encode(const Reorg& message);
Payload encode(const EndpointStatus& message);
Payload encode(const AccountNonce& message);
Payload encode(const TxPresence& message);
Payload encode(const ChainQuery& message);
Payload encode(const BodyRefused& message);
Payload encode(const Feature& message);
Payload encode(const Candidate& message);
Payload encode(const Simulated& message);
Payload encode(const Verdict& message);
Payload encode(const Envelope& message);

// std::nullopt when the bytes are not a valid T. Payloads that are not 8-byte aligned are copied.
template <class T> std::optional<T> decode(PayloadView payload);
template <> std::optional<PendingTx> decode(PayloadView payload);
template <> std::optional<DecodedTx> decode(PayloadView payload);
template <> std::optional<Head> decode(PayloadView payload);
template <> std::optional<Reorg> decode(PayloadView payload);
template <> std::optional<EndpointStatus> decode(PayloadView payload);
template <> std::optional<AccountNonce> decode(PayloadView payload);
template <> std::optional<TxPresence> decode(PayloadView payload);
template <> std::optional<ChainQuery> decode(PayloadView payload);
template <> std::optional<BodyRefused> decode(PayloadView payload);
template <> std::optional<Feature> decode(PayloadView payload);
template <> std::optional<Candidate> decode(PayloadView payload);
template <> std::optional<Simulated> decode(PayloadView payload);
template <> std::optional<Verdict> decode(PayloadView payload);
template <> std::optional<Envelope> decode(PayloadView payload);

// Writes seq_id into an encoded Envelope in place. False when the bytes are not a valid Envelope.
bool number_envelope(std::span<std::uint8_t> payload, std::uint64_t seq_id);

} // namespace viz::bus
