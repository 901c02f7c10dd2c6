// Swaps through several pools, one after the other. No pool may be on a path twice: each hop
// uses its given state, not the state after an earlier hop.
#pragma once

#include <span>
#include <variant>

#include "components/search/amm/sandwich.hpp"

namespace viz::search::amm {

struct V3Hop {
    const V3Curve* curve{}; // must outlive the hop
    V3State state;
    bool zero_for_one{};
};
using Hop = std::variant<V2Side, V3Hop>;

// The output of a hop, and the input that a router takes for an output (on V2 the least that gives
// it). A hop without enough liquidity for the whole amount fails as insufficient_liquidity.
Swap<U256> hop_out(const Hop& hop, const U256& amount_in);
Swap<U256> hop_in(const Hop& hop, const U256& amount_out);
Swap<U256> path_out(std::span<const Hop> path, const U256& amount_in);
Swap<U256> path_in(std::span<const Hop> path, const U256& amount_out);

// A victim's swap through a path as the hop at `index` sees it: the amount that reaches it, and the
// bound at that hop that keeps the victim's bound for the whole path. A sandwich at that hop is
// then a sandwich in one pool.
Swap<Victim> victim_at(std::span<const Hop> path, std::size_t index, const Victim& victim);

// L / sqrt(P) and L * sqrt(P) as (in, out): the range around the price as a V2 pair.
struct VirtualReserves {
    U256 in;
    U256 out;
};
VirtualReserves virtual_reserves(const V3State& state, bool zero_for_one);

struct Cycle {
    U256 amount_in;
    U256 amount_out; // of the same token
    U256 profit() const { return amount_out - amount_in; }
};
// The input of at most `most` with the greatest profit on a path that ends in its first token.
// Within one range each, every pool is f(x) = a x / (b + c x), and so is the whole path: the
// maximum is at (sqrt(a b) - b) / c. The exact integer functions decide around it; where a V3 pool
// leaves its range, they are searched by golden section. Deterministic.
Result<Cycle, NoSize> best_cycle(std::span<const Hop> path, const U256& most);

} // namespace viz::search::amm
