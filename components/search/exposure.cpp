#include "components/search/exposure.hpp"

#include "components/eth/u256_math.hpp"
#include "components/search/sandwich_size.hpp"

namespace viz::search {

namespace {

// Steps of bisection: what is left of the range is below a millionth.
constexpr int kSteps = 20;

} // namespace

std::optional<Exposure> exposure_of(Trial& trial, const PoolView& pools, const BaseToken& base,
                                    const Candidate& sandwich, const eth::Hash& id) {
    if (!sandwich.target || !sandwich.target->victim.exact_in) return std::nullopt;
    const auto& target = *sandwich.target;
    const auto state = pools.read(trial.state(), target.pool);
    const auto behind =
        victim_output(target.pool, state, target.zero_for_one, target.victim, sandwich.capital);
    if (!behind) return std::nullopt;
    Exposure made{.hash = sandwich.members.back().hash,
                  .pool = target.pool.address,
                  .token_out = target.pool.token_out(target.zero_for_one),
                  .amount_out = target.undisturbed_out,
                  .least_out = *behind,
                  .protecting_out = {},
                  .attacker_net = sandwich.expected_net,
                  .candidate_id = id};
    const auto gas = trial.block().base_fee * U256(sandwich.own_gas);
    const auto pays = [&](const U256& minimum) {
        const amm::Victim victim{true, target.victim.amount, minimum};
        const auto best =
            best_size(target.pool, state, target.zero_for_one, {&victim, 1}, base.capital);
        return best && best->profit * base.wei_numerator / base.wei_denominator > gas;
    };
    // It pays at the victim's own minimum, and with a minimum of all it can get nothing does.
    auto too_small = target.victim.bound;
    auto enough = target.undisturbed_out;
    for (int step = 0; step < kSteps && enough - too_small > U256(1); ++step) {
        const auto middle = too_small + ((enough - too_small) >> 1);
        (pays(middle) ? too_small : enough) = middle;
    }
    made.protecting_out = enough;
    return made;
}

Exposure no_exposure(const Observed& observed, const TouchedPool& touched) {
    return {.hash = observed.pending.hash,
            .pool = touched.pool.address,
            .token_out = touched.pool.token_out(touched.zero_for_one),
            .amount_out = touched.amount_out,
            .least_out = touched.amount_out,
            .protecting_out = {},
            .attacker_net = {},
            .candidate_id = {}};
}

} // namespace viz::search
