#include "components/features/tip_rank.hpp"

#include <algorithm>
#include <limits>

namespace viz::features {

std::optional<eth::U256> effective_tip(const eth::U256& max_fee_per_gas,
                                       const eth::U256& max_priority_fee_per_gas,
                                       const std::optional<eth::U256>& base_fee) {
    if (!base_fee) return max_priority_fee_per_gas;
    if (max_fee_per_gas < *base_fee) return std::nullopt;
    return std::min(max_priority_fee_per_gas, max_fee_per_gas - *base_fee);
}

std::optional<std::uint32_t> TipRank::place(const eth::U256& tip) {
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    const auto value = tip > eth::U256{kMost} ? kMost : tip.limbs[0];
    const auto at = std::ranges::lower_bound(sorted_, value);
    std::optional<std::uint32_t> rank;
    if (sorted_.size() >= kFewest)
        rank = static_cast<std::uint32_t>(static_cast<std::size_t>(at - sorted_.begin()) * 100 /
                                          sorted_.size());
    sorted_.insert(at, value);
    if (ring_.size() < kWindow) {
        ring_.push_back(value);
        return rank;
    }
    sorted_.erase(std::ranges::lower_bound(sorted_, ring_[oldest_]));
    ring_[oldest_] = value;
    oldest_ = (oldest_ + 1) % kWindow;
    return rank;
}

} // namespace viz::features
