// Ways around: out of a base token through two or three pools and back, where that leaves more.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

struct CyclePlan {
    Legs legs; // the first with its amount, the others with everything
    amm::Cycle cycle;
    bool partial{}; // it comes near where a V3 pool's ticks are not known
};

struct CycleLimits {
    std::size_t cycles{2000}; // computed; those beyond are not looked at
    std::size_t plans{8};     // the best are kept
};

// Over the pools that the view knows, on the machine's state, until its guard is interrupted; with
// `through`, only cycles that have one of those pools. The most profitable first, before gas; equal
// ones by pools.
std::vector<CyclePlan> profitable_cycles(const evm::Machine& machine, const PoolView& pools,
                                         const BaseToken& base,
                                         std::span<const eth::Address> through = {},
                                         const CycleLimits& limits = {});

} // namespace viz::search
