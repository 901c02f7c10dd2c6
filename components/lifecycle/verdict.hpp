// What others are told of a transaction that lost its place.
#pragma once

#include <optional>

#include "bus/messages.hpp"

namespace viz::lifecycle {

// Of TxReplaced and TxDropped. Nothing of other events, and nothing of what is only followed no
// longer (`sender_limit`, `pool_limit`): it may be as pending as before.
std::optional<bus::Verdict> verdict_of(bus::ChainId chain, const bus::EventData& event);

} // namespace viz::lifecycle
