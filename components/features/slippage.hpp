// How much worse than the price a swap may become and still go through, where the calldata alone
// tells: both ends are tokens that are worth the same by design.
#pragma once

#include <cstdint>
#include <optional>

#include "components/features/actions.hpp"

namespace viz::features {

// In ten-thousandths of what an even exchange gives (exact in) or costs (exact out), at most
// 10,000. Nothing for other tokens, and where no amount or no meaningful limit is named.
std::optional<std::uint32_t> slippage_room(const Swap& swap, eth::ChainId chain,
                                           const ProtocolRegistry& registry);

// Less of the smallest unit protects nothing; more of a token than there can be neither.
bool has_no_bound(const Swap& swap);
// More than all there is tells nothing of a size: "whatever it costs".
bool is_plausible(const eth::U256& amount);

} // namespace viz::features
