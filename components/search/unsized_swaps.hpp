// Swaps that are seen by execution but not sized: of Uniswap V4's PoolManager and of Curve's pools,
// by their events.
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

// How many the logs tell of. Anyone may log such a thing.
UnsizedSwaps unsized_swaps(std::span<const evm::Log> logs);

} // namespace viz::search
