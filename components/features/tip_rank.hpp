// Where a transaction's tip stands among those of its chain seen before it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "components/eth/types.hpp"
#include "components/eth/u256.hpp"

namespace viz::features {

// EIP-1559: what the block's producer gets of each gas. Nothing where the maximum fee is below the
// base fee; without a base fee the priority fee speaks for itself. All in wei per gas.
std::optional<eth::U256> effective_tip(const eth::U256& max_fee_per_gas,
                                       const eth::U256& max_priority_fee_per_gas,
                                       const std::optional<eth::U256>& base_fee);

class TipRank {
  public:
    static constexpr std::size_t kWindow = 512; // the newest tips are compared with
    static constexpr std::size_t kFewest = 64;  // fewer tell nothing

    // How many of a hundred paid less; nothing while too few have been seen. Then adds it.
    std::optional<std::uint32_t> place(const eth::U256& tip);

  private:
    std::vector<std::uint64_t> sorted_; // wei per gas; what is more counts as the most
    std::vector<std::uint64_t> ring_;
    std::size_t oldest_{};
};

} // namespace viz::features
