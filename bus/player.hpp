// The way in for recorded messages: what viz-tap plays is sent on the streams that the outside
// world feeds, beside ingest or in place of it. Off unless an endpoint is given, for whoever may
// write there can make the record say anything; the socket's file is for its owner only.
#pragma once

#include <memory>

#include "bus/component.hpp"
#include "bus/socket.hpp"

namespace viz::bus {

// Streams that may be played into; all others are made from these by the service itself. The
// journal is one of them for what ingest records, which nobody else makes.
bool is_playable(Stream stream);

// The player's instance of the playable PUB and PUSH streams: their receivers connect to
// `kPlayerInstance + 1` producers when there is one.
inline constexpr unsigned kPlayerInstance = 1;

// Binds at once and throws EndpointError where it cannot. Runs on a thread of its own. Nothing is
// lost by speed: where a queue is full it waits, and viz-tap with it; and what was played before a
// message of `chain` has been dealt with in this process when that is sent.
std::unique_ptr<Component> make_player(Bus& bus, Metrics& metrics, const Clock& clock,
                                       const Endpoint& endpoint);

} // namespace viz::bus
