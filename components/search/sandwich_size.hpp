// The best front-run before one or several victims of a pool, by the pool's mathematics.
#pragma once

#include "components/search/pool_view.hpp"

namespace viz::search {

struct SandwichSize {
    U256 front_in;
    U256 front_out;
    U256 profit; // in units of the token put in, before gas; two's complement
};

// What front-run, victims and back-run give; nothing where a victim's bound would break or the
// pool would refuse one of them.
std::optional<SandwichSize> play(const Pool& pool, const PoolState& state, bool zero_for_one,
                                 std::span<const amm::Victim> victims, const U256& front_in);

// Whether a front-run of at most `most` would leave anything, before gas, if the swap behind it had
// no bound. What it leaves rises from nothing and then falls, or never rises: a swap that moves the
// price by less than the pool's fees pays no one.
bool front_run_may_pay(const Pool& pool, const PoolState& state, bool zero_for_one,
                       const U256& victim_in, const U256& most);

// Whether a swap of that input, or one an eighth larger, leaves the ticks that are known of the
// pool: then what was sized may have been cut short there, or meet liquidity that was not read.
bool near_unknown_ticks(const Pool& pool, const PoolState& state, bool zero_for_one,
                        const U256& amount_in);

// The most profitable one of at most `most`. For one victim as amm/sandwich.hpp has it; for several
// the edge at which the first of them breaks, or the top below it.
std::optional<SandwichSize> best_size(const Pool& pool, const PoolState& state, bool zero_for_one,
                                      std::span<const amm::Victim> victims, const U256& most);

// amm's largest front-run for a pool of either kind.
Result<U256, amm::NoSize> largest_front_run(const Pool& pool, const PoolState& state,
                                            bool zero_for_one, const amm::Victim& victim,
                                            const U256& most);

} // namespace viz::search
