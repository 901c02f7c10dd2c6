// How much can be bought before a victim's swap, and what selling it afterwards returns: exact
// integers on the given state, for tokens without transfer fees. All amounts are in the tokens'
// smallest units.
#pragma once

#include "components/search/amm/optimum.hpp"
#include "components/search/amm/v2.hpp"
#include "components/search/amm/v3.hpp"

namespace viz::search::amm {

// The swap in the middle, in the pool's own terms.
struct Victim {
    bool exact_in{true};
    U256 amount; // input, or (exact output) output
    U256 bound;  // minimum output, or maximum input
};

struct Sandwich {
    U256 front_in; // of the token the victim pays with
    U256 front_out;
    U256 victim_in;
    U256 victim_out;
    U256 back_out; // for front_out, of the token of front_in

    // back_out - front_in in two's complement; before gas and bribes.
    U256 profit() const { return back_out - front_in; }
};

// The largest front-run of at most `most` after which the victim's bound still holds and no reserve
// exceeds 112 bits. Exact: the victim's output is non-increasing in it (its payment
// non-decreasing), roundings included. Zero is a valid result. Closed form: with n/d the fee and
// (v, m) the victim's input and least output, or its largest input and wanted output, a solves  n d
// a^2 + (x (d^2 + n d) + n^2 v) a
// + x^2 d^2 + n d v x - n d v x y / m = 0; integers around it decide.
Result<U256, NoSize> v2_largest_front_run(const V2Side& side, const Victim& victim,
                                          const U256& most);
// The result of that front-run; victim_fails when it would break the victim's bound or the pool
// would reject one of the three swaps.
Result<Sandwich, NoSize> v2_sandwich(const V2Side& side, const Victim& victim,
                                     const U256& front_in);
// The front-run of at most `most` with the greatest profit: at the victim's bound in nearly all
// cases, else the maximum below it; then the cheapest input for the outputs around it.
Result<Sandwich, NoSize> v2_best_sandwich(const V2Side& side, const Victim& victim,
                                          const U256& most);

// The same for V3, in any number of ranges. `victim.amount` and the request's are the same.
struct V3Victim {
    bool zero_for_one{};
    Victim swap;
    std::optional<U256> price_limit; // the victim's
};
// A boundary rather than the largest: the victim's bound holds with this amount and not with one
// unit more. Each stop of a V3 swap rounds, so amounts a few units larger may pass again.
Result<U256, NoSize> v3_largest_front_run(const V3Curve& curve, const V3State& state,
                                          const V3Victim& victim, const U256& most);
Result<Sandwich, NoSize> v3_sandwich(const V3Curve& curve, const V3State& state,
                                     const V3Victim& victim, const U256& front_in);
Result<Sandwich, NoSize> v3_best_sandwich(const V3Curve& curve, const V3State& state,
                                          const V3Victim& victim, const U256& most);

} // namespace viz::search::amm
