// The verdict sent to other components about a transaction that lost its place.
#pragma once

#include <optional>

#include "bus/messages.hpp"

namespace viz::lifecycle {

// For TxReplaced and TxDropped. Returns nullopt for other events, and for transactions that are
// only no longer tracked (`sender_limit`, `pool_limit`): they may still be pending.
std::optional<bus::Verdict> verdict_of(bus::ChainId chain, const bus::EventData& event);

} // namespace viz::lifecycle
