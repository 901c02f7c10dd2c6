// Ranks a transaction's tip among the transactions of its chain seen before it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "components/eth/types.hpp"
#include "components/eth/u256.hpp"

namespace viz::features {

// EIP-1559: the tip per gas that the block's producer receives. Empty if the maximum fee is below
// the base fee; without a base fee, the priority fee. All in wei per gas.
std::optional<eth::U256> effective_tip(const eth::U256& max_fee_per_gas,
                                       const eth::U256& max_priority_fee_per_gas,
                                       const std::optional<eth::U256>& base_fee);

class TipRank {
  public:
    static constexpr std::size_t kWindow = 512; // number of newest tips to compare with
    static constexpr std::size_t kFewest = 64;  // minimum number for a meaningful rank

    // Returns the percentage of recent tips that are lower (empty while too few were seen), then
    // adds this tip.
    std::optional<std::uint32_t> place(const eth::U256& tip);

  private:
    std::vector<std::uint64_t> sorted_; // wei per gas; larger values are clamped
    std::vector<std::uint64_t> ring_;
    std::size_t oldest_{};
};

} // namespace viz::features
