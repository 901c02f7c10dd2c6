// All strategies over the pending transactions of one head.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

struct EngineLimits {
    std::size_t pending{512};   // executed; those beyond are not looked at, and counted
    std::size_t candidates{64}; // of a block
};

struct Findings {
    std::vector<Candidate> candidates; // ranked; see ranked()
    std::size_t observed{};
    std::size_t moved_pools{}; // transactions that did
    std::size_t left_out{};    // beyond the limit
};

// What was missing in the state is in the trial's overlay: then nothing of this counts until it was
// fetched and searched again.
Findings search_head(Trial& trial, PoolView& pools, std::span<const BaseToken> bases,
                     std::span<const Pending> pending,
                     std::span<const std::unique_ptr<Strategy>> strategies,
                     const EngineLimits& limits = {});

// Of transactions that have been observed: what all strategies find, ranked, at most so many.
std::vector<Candidate> search_observed(const SearchInput& input,
                                       std::span<const std::unique_ptr<Strategy>> strategies,
                                       std::size_t most);

// sandwich, backrun and bundle over both: what a pending transaction makes possible.
std::vector<std::unique_ptr<Strategy>> strategies_of_pending();
// Those and arb: what is there on the head by itself.
std::vector<std::unique_ptr<Strategy>> all_strategies();

} // namespace viz::search
