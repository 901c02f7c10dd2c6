// The best front-run before one or several victims of a pool, by the pool's formula.
#pragma once

#include "components/search/pool_view.hpp"

namespace viz::search {

struct SandwichSize {
    U256 front_in;
    U256 front_out;
    U256 profit; // in units of the input token, before gas; two's complement
};

// The result of front-run, victims and back-run; nothing when a victim's bound would break or the
// pool would reject one of them.
std::optional<SandwichSize> play(const Pool& pool, const PoolState& state, bool zero_for_one,
                                 std::span<const amm::Victim> victims, const U256& front_in);

// Whether a front-run of at most `most` could profit, before gas, if the victim had no bound. The
// profit rises from zero and then falls, or never rises: a swap that moves the price by less than
// the pool's fees pays nothing.
bool front_run_may_pay(const Pool& pool, const PoolState& state, bool zero_for_one,
                       const U256& victim_in, const U256& most);

// Whether a swap of that input, or one an eighth larger, leaves the known ticks of the pool: then
// the size may be cut short, or the swap may meet liquidity that was not read.
bool near_unknown_ticks(const Pool& pool, const PoolState& state, bool zero_for_one,
                        const U256& amount_in);

// The most profitable front-run of at most `most`. For one victim as in amm/sandwich.hpp; for
// several, the largest amount that breaks none of them, or the maximum below it.
std::optional<SandwichSize> best_size(const Pool& pool, const PoolState& state, bool zero_for_one,
                                      std::span<const amm::Victim> victims, const U256& most);

// The largest front-run of amm/, for both kinds of pool.
Result<U256, amm::NoSize> largest_front_run(const Pool& pool, const PoolState& state,
                                            bool zero_for_one, const amm::Victim& victim,
                                            const U256& most);

} // namespace viz::search
