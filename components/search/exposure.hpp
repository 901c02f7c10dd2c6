// What a pending swap can lose: the other side of a sandwich, for whom it is done to.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

// Of one swap in one pool. Amounts in are in units of token_in, amounts out in units of token_out.
struct Exposure {
    eth::Hash hash;
    eth::Address pool;
    eth::Address token_in;
    eth::Address token_out;
    // With nothing before it.
    U256 amount_in;
    U256 amount_out;
    // Behind the most profitable front-run.
    U256 most_in;
    U256 least_out;
    // Its output is exact: what it loses it pays more. Otherwise it gets less.
    bool pays_more{};
    // The smallest minimum out (or the largest maximum in, where it pays more) with which no
    // sandwich would pay its gas: to within a millionth of the loss, and never too loose. Nothing
    // where none is needed.
    std::optional<U256> protecting_out;
    std::optional<U256> protecting_in;
    U256 attacker_net;                     // wei, two's complement; zero where there is no sandwich
    std::optional<eth::Hash> candidate_id; // the sandwich, where it is an opportunity of ours

    U256 loss() const { return pays_more ? most_in - amount_in : amount_out - least_out; }
};

// Of a sandwich with exactly one victim; nothing for others. What the victim gets is executed; what
// would protect it is the pool's mathematics, and that nothing pays then is executed. `base` is the
// sandwich's.
std::optional<Exposure> exposure_of(Trial& trial, const PoolView& pools, const BaseToken& base,
                                    const Candidate& sandwich,
                                    const std::optional<eth::Hash>& candidate_id);
// Of a swap that nobody can sandwich with profit.
Exposure no_exposure(const Observed& observed, const TouchedPool& touched);

// Of a swap that no strategy has looked at from this side, whatever token it pays with. Nothing
// where it cannot be told what an attacker would gain.
std::optional<Exposure> find_exposure(const SearchInput& input, const Observed& observed,
                                      const TouchedPool& touched);

} // namespace viz::search
