// One search over pending transactions that are given all at once, with nothing remembered.
#pragma once

#include "components/search/engine.hpp"

namespace viz::search {

struct Findings {
    std::vector<Candidate> candidates; // ranked
    std::size_t moved_pools{};         // transactions that did
};

// What was missing in the state is in the trial's overlay.
inline Findings search_once(Trial& trial, PoolView& pools, std::span<const BaseToken> bases,
                            std::span<const Pending> pending,
                            std::span<const std::unique_ptr<Strategy>> strategies,
                            std::size_t most = EngineLimits{}.candidates) {
    Findings findings;
    std::vector<Observed> observed;
    for (const auto& one : pending) {
        observed.push_back(observe(trial, pools, one));
        if (!observed.back().pools.empty()) ++findings.moved_pools;
    }
    findings.candidates = search_observed({trial, pools, bases, observed}, strategies, most);
    return findings;
}

} // namespace viz::search
