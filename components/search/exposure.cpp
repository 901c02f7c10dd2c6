#include "components/search/exposure.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"
#include "components/search/sandwich.hpp"
#include "components/search/sandwich_size.hpp"
#include "components/search/victim_bound.hpp"
#include "components/search/worth.hpp"

namespace viz::search {

namespace {

// Steps of bisection: what is left of the range is below a millionth.
constexpr int kSteps = 20;
// Executions of what was sized without: the first gas is near, unless ticks of V3 lie in between.
constexpr int kMostTrials = 4;

// The loosest bound with which nothing pays: between one that is too loose and one that is not.
template <class Pays> U256 bisect(U256 too_loose, U256 enough, Pays pays) {
    for (int step = 0; step < kSteps; ++step) {
        const auto low = std::min(too_loose, enough);
        const auto range = std::max(too_loose, enough) - low;
        if (range <= U256(1)) break;
        const auto middle = low + (range >> 1);
        (pays(middle) ? too_loose : enough) = middle;
    }
    return enough;
}

// A victim as it went behind the sandwich's front-run, and the pool before both.
struct Behind {
    evm::PoolSwap swap;
    PoolState state;
};
std::optional<Behind> run_behind(Trial& trial, const PoolView& pools, const Candidate& sandwich) {
    const auto& target = *sandwich.target;
    return trial.without_trace([&]() -> std::optional<Behind> {
        // What its sender has to do first.
        const auto& members = sandwich.members;
        for (const auto& before : std::span(members).first(members.size() - 1))
            if (!trial.run(before).succeeded()) return std::nullopt;
        const auto swap =
            swap_behind(trial, members.back(), target.pool, target.zero_for_one, sandwich.capital);
        if (!swap) return std::nullopt;
        return Behind{*swap, pools.read(trial.state(), target.pool)};
    });
}

// The loosest bound with which no sandwich pays its gas.
class Protection {
  public:
    Protection(Trial& trial, const BaseToken& base, const Candidate& sandwich,
               const PoolState& state)
        : trial_(trial), base_(base), sandwich_(sandwich), state_(state) {}

    // With `too_loose` one pays; with `tight`, all that the victim can have, none does.
    U256 find(U256 too_loose, const U256& tight) const {
        auto gas = sandwich_.own_gas;
        for (int run = 0; run < kMostTrials; ++run) {
            const auto cost = trial_.block().base_fee * U256(gas);
            const auto found = bisect(too_loose, tight, [&](const U256& bound) {
                const auto best = size_at(bound);
                return best && best->profit * base_.wei_numerator / base_.wei_denominator > cost;
            });
            // A smaller one may need less gas.
            const auto done = executed(found);
            if (!done || eth::is_negative(done->expected_net) || eth::is_zero(done->expected_net))
                return found;
            too_loose = found;
            gas = done->own_gas;
        }
        return tight;
    }

  private:
    std::optional<SandwichSize> size_at(const U256& bound) const {
        const auto& target = *sandwich_.target;
        const amm::Victim bounded{target.victim.exact_in, target.victim.amount, bound};
        return best_size(target.pool, state_, target.zero_for_one, {&bounded, 1}, base_.capital);
    }
    std::optional<Candidate> executed(const U256& bound) const {
        const auto size = size_at(bound);
        if (!size) return std::nullopt;
        auto other = sandwich_;
        other.capital = size->front_in;
        for (auto& step : other.steps)
            if (auto* legs = std::get_if<Legs>(&step)) {
                legs->front().amount_in = size->front_in;
                break;
            }
        return execute_candidate(trial_, base_, other) ? std::optional(other) : std::nullopt;
    }

    Trial& trial_;
    const BaseToken& base_;
    const Candidate& sandwich_;
    const PoolState& state_;
};

} // namespace

std::optional<Exposure> exposure_of(Trial& trial, const PoolView& pools, const BaseToken& base,
                                    const Candidate& sandwich,
                                    const std::optional<eth::Hash>& candidate_id) {
    if (!sandwich.target) return std::nullopt;
    const auto& target = *sandwich.target;
    const auto behind = run_behind(trial, pools, sandwich);
    if (!behind || behind->swap.amount_out > target.undisturbed_out ||
        behind->swap.amount_in < target.undisturbed_in)
        return std::nullopt;
    Exposure made{.hash = sandwich.members.back().hash,
                  .pool = target.pool.address,
                  .token_in = target.pool.token_in(target.zero_for_one),
                  .token_out = target.pool.token_out(target.zero_for_one),
                  .amount_in = target.undisturbed_in,
                  .amount_out = target.undisturbed_out,
                  .most_in = behind->swap.amount_in,
                  .least_out = behind->swap.amount_out,
                  .pays_more = !target.victim.exact_in,
                  .protecting_out = {},
                  .protecting_in = {},
                  .attacker_net = sandwich.expected_net,
                  .candidate_id = candidate_id};
    const Protection protection(trial, base, sandwich, behind->state);
    if (made.pays_more)
        made.protecting_in = protection.find(made.most_in, made.amount_in);
    else
        made.protecting_out = protection.find(made.least_out, made.amount_out);
    return made;
}

Exposure no_exposure(const Observed& observed, const TouchedPool& touched) {
    return {.hash = observed.pending.hash,
            .pool = touched.pool.address,
            .token_in = touched.pool.token_in(touched.zero_for_one),
            .token_out = touched.pool.token_out(touched.zero_for_one),
            .amount_in = touched.amount_in,
            .amount_out = touched.amount_out,
            .most_in = touched.amount_in,
            .least_out = touched.amount_out,
            .pays_more = false,
            .protecting_out = {},
            .protecting_in = {},
            .attacker_net = {},
            .candidate_id = {}};
}

std::optional<Exposure> find_exposure(const SearchInput& input, const Observed& observed,
                                      const TouchedPool& touched) {
    const auto& token = touched.pool.token_in(touched.zero_for_one);
    const auto* known = find_base(input.bases, token);
    const auto base = known != nullptr
                          ? std::optional(*known)
                          : as_base(input.trial, input.pools, input.bases, token, touched.pool);
    if (!base) return std::nullopt;
    const auto sandwich = sandwich_around(input, observed, touched, *base);
    if (!sandwich || eth::is_negative(sandwich->expected_net) ||
        eth::is_zero(sandwich->expected_net))
        return no_exposure(observed, touched);
    return exposure_of(input.trial, input.pools, *base, *sandwich, std::nullopt);
}

} // namespace viz::search
