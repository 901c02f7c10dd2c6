// What a pending swap can lose to a sandwich, from the victim's side.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

// One swap in one pool. Input amounts are in units of token_in, output amounts in units of
// token_out.
struct Exposure {
    eth::Hash hash;
    eth::Address pool;
    eth::Address token_in;
    eth::Address token_out;
    // Without a front-run.
    U256 amount_in;
    U256 amount_out;
    // After the most profitable front-run.
    U256 most_in;
    U256 least_out;
    // Exact output: the loss is a larger payment. Otherwise it is a smaller output.
    bool pays_more{};
    // The smallest minimum output (for exact output: the largest maximum input) with which no
    // sandwich pays for its gas, to within a millionth of the loss and never too loose. Nothing
    // when no bound is needed.
    std::optional<U256> protecting_out;
    std::optional<U256> protecting_in;
    U256 attacker_net;                     // wei, two's complement; zero without a sandwich
    std::optional<eth::Hash> candidate_id; // the sandwich, if it is one of our opportunities

    U256 loss() const { return pays_more ? most_in - amount_in : amount_out - least_out; }
};

// The exposure behind a sandwich with exactly one victim; nothing for others. The victim's result
// is executed; the protecting bound comes from the pool's formula, and execution confirms that no
// sandwich pays with it. `base` is the sandwich's base token.
std::optional<Exposure> exposure_of(Trial& trial, const PoolView& pools, const BaseToken& base,
                                    const Candidate& sandwich,
                                    const std::optional<eth::Hash>& candidate_id);
// The exposure of a swap that no sandwich can profit from.
Exposure no_exposure(const Observed& observed, const TouchedPool& touched);

// The exposure of a swap that no strategy examined, for any paying token. Nothing when an
// attacker's gain cannot be priced.
std::optional<Exposure> find_exposure(const SearchInput& input, const Observed& observed,
                                      const TouchedPool& touched);

} // namespace viz::search
