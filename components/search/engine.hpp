// Runs all strategies over the observed pending transactions of one head.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

struct EngineLimits {
    std::size_t pending{512};   // executed on a new head: the newest; older ones are skipped
    std::size_t candidates{64}; // per block
};

// The ranked finds of all strategies for observed transactions, at most `candidates`.
std::vector<Candidate> search_observed(const SearchInput& input,
                                       std::span<const std::unique_ptr<Strategy>> strategies,
                                       std::size_t most);

// sandwich, backrun, and bundle over both: opportunities that a pending transaction opens.
std::vector<std::unique_ptr<Strategy>> strategies_of_pending();
// arb: opportunities on the head itself.
std::vector<std::unique_ptr<Strategy>> strategies_of_head();
// The above and arb: opportunities on the head itself.
std::vector<std::unique_ptr<Strategy>> all_strategies();

} // namespace viz::search
