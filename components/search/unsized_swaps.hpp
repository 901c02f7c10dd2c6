// Swaps that execution finds but search does not size: those of Uniswap V4's PoolManager and of
// Curve pools, by their events.
#pragma once

#include <cstddef>
#include <span>

#include "components/evm/overlay.hpp"

namespace viz::search {

struct UnsizedSwaps {
    std::size_t v4{};
    std::size_t curve{};
    friend bool operator==(const UnsizedSwaps&, const UnsizedSwaps&) = default;

    UnsizedSwaps& operator+=(const UnsizedSwaps& more) {
        v4 += more.v4;
        curve += more.curve;
        return *this;
    }
};

// The number of such swaps in the logs. Unverified: any contract may emit such a log.
UnsizedSwaps unsized_swaps(std::span<const evm::Log> logs);

} // namespace viz::search
