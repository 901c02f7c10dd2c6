// What a pending swap can lose: the other side of a sandwich, for whom it is done to.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

// In units of the token that the pool gives.
struct Exposure {
    eth::Hash hash;
    eth::Address pool;
    eth::Address token_out;
    U256 amount_out; // with nothing before it
    U256 least_out;  // behind the most profitable front-run
    // The smallest minimum with which no sandwich would pay its gas: to within a millionth of the
    // loss, and never too small. Nothing where none is needed.
    std::optional<U256> protecting_out;
    U256 attacker_net;                     // wei, two's complement; zero where there is no sandwich
    std::optional<eth::Hash> candidate_id; // the sandwich

    U256 loss() const { return amount_out - least_out; }
};

// Of a sandwich with exactly one victim of exact input; nothing for others. Reads the pool from the
// trial's state.
std::optional<Exposure> exposure_of(Trial& trial, const PoolView& pools, const BaseToken& base,
                                    const Candidate& sandwich, const eth::Hash& id);
// Of a swap that nobody can sandwich with profit.
Exposure no_exposure(const Observed& observed, const TouchedPool& touched);

} // namespace viz::search
