// The slippage that a swap tolerates, where the calldata alone determines it: both tokens are
// pegged to the same asset.
#pragma once

#include <cstdint>
#include <optional>

#include "components/features/actions.hpp"

namespace viz::features {

// In 1/10000 of the amount that an even exchange gives (exact in) or costs (exact out), at most
// 10,000. Empty for other tokens, and if there is no amount or no meaningful limit.
std::optional<std::uint32_t> slippage_room(const Swap& swap, eth::ChainId chain,
                                           const ProtocolRegistry& registry);

// True if the limit protects nothing: a minimum of almost zero, or a maximum above any possible
// supply.
bool has_no_bound(const Swap& swap);
// False for an amount above any possible supply, which means "at any price" rather than a size.
bool is_plausible(const eth::U256& amount);

} // namespace viz::features
