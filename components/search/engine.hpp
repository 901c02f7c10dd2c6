// All strategies over what was observed of the pending transactions of one head.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

struct EngineLimits {
    std::size_t pending{512};   // executed on a new head, the newest; the others are left out
    std::size_t candidates{64}; // of a block
};

// Of transactions that have been observed: what all strategies find, ranked, at most so many.
std::vector<Candidate> search_observed(const SearchInput& input,
                                       std::span<const std::unique_ptr<Strategy>> strategies,
                                       std::size_t most);

// sandwich, backrun and bundle over both: what a pending transaction makes possible.
std::vector<std::unique_ptr<Strategy>> strategies_of_pending();
// arb: what is there on the head by itself.
std::vector<std::unique_ptr<Strategy>> strategies_of_head();
// Those and arb: what is there on the head by itself.
std::vector<std::unique_ptr<Strategy>> all_strategies();

} // namespace viz::search
