// Input for recorded messages: messages from viz-tap are sent on the streams that nodes normally
// feed, in addition to ingest or instead of it. Off unless an endpoint is set, because any process
// that can write to it can put arbitrary data into the record; only the owner can access the
// socket's file.
#pragma once

#include <memory>

#include "bus/component.hpp"
#include "bus/socket.hpp"

namespace viz::bus {

// Streams that accept recorded messages; the service derives all others from them. The journal is
// included for the events that only ingest records.
bool is_playable(Stream stream);

// The player's instance of the playable PUB and PUSH streams. When there is a player, their
// receivers connect to `kPlayerInstance + 1` producers.
inline constexpr unsigned kPlayerInstance = 1;

// Binds immediately and throws EndpointError on failure. Runs on its own thread. Speed loses no
// messages: at a full queue the player waits, and viz-tap with it. A message of `chain` is sent
// only after this process has processed everything played before it.
std::unique_ptr<Component> make_player(Bus& bus, Metrics& metrics, const Clock& clock,
                                       const Endpoint& endpoint);

} // namespace viz::bus
