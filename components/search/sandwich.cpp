#include "components/search/sandwich.hpp"

#include "components/search/victim_bound.hpp"

namespace viz::search {

namespace {

Reason reason_of(VictimBound::How how) {
    switch (how) {
    case VictimBound::How::exact:
        return Reason::victim_bound_found;
    case VictimBound::How::bracketed:
        return Reason::victim_bound_bracketed;
    case VictimBound::How::none:
        break;
    }
    return Reason::victim_without_bound;
}

// A victim of one pool that bears a front-run.
struct Target {
    const Observed* victim{};
    TouchedPool touched;
    VictimBound bound;
};

// Worth looking at: without any bound there would be a profit.
bool may_pay(const TouchedPool& touched, const PoolState& state, const U256& most) {
    const amm::Victim unbounded{true, touched.amount_in, U256()};
    return best_size(touched.pool, state, touched.zero_for_one, {&unbounded, 1}, most).has_value();
}

std::optional<Candidate> sandwich(const SearchInput& input, std::span<const Target> targets,
                                  const PoolState& state, const BaseToken& base) {
    const auto& touched = targets.front().touched;
    std::vector<amm::Victim> victims;
    for (const auto& target : targets) victims.push_back(target.bound.swap);
    const auto size = best_size(touched.pool, state, touched.zero_for_one, victims, base.capital);
    if (!size || eth::is_zero(size->front_in)) return std::nullopt;

    Candidate made{.base_token = base.address, .capital = size->front_in, .computed = size->profit};
    made.steps.emplace_back(Legs{leg_of(touched.pool, touched.zero_for_one, size->front_in)});
    for (const auto& target : targets) {
        made.steps.emplace_back(Member{made.members.size()});
        made.members.push_back(target.victim->pending);
        if (!made.has(reason_of(target.bound.how)))
            made.reasons.push_back(reason_of(target.bound.how));
    }
    made.steps.emplace_back(Legs{leg_of(touched.pool, !touched.zero_for_one, evm::kEverything)});
    if (targets.size() > 1)
        made.reasons.push_back(Reason::several_victims);
    else
        made.target = {touched.pool, touched.zero_for_one, victims.front(), touched.amount_in,
                       touched.amount_out};
    auto pushed = size->front_in;
    for (const auto& victim : victims)
        pushed = pushed + (victim.exact_in ? victim.amount : victim.bound);
    if (near_unknown_ticks(touched.pool, state, touched.zero_for_one, pushed))
        made.reasons.push_back(Reason::partial_ticks);
    if (!execute_candidate(input.trial, base, made)) return std::nullopt;
    return made;
}

// Nothing where it cannot be one.
std::optional<Target> target_of(const SearchInput& input, const Observed& victim,
                                const TouchedPool& touched, const PoolState& state,
                                const BaseToken& base) {
    if (!may_pay(touched, state, base.capital)) return std::nullopt;
    const auto bound = find_bound(input, victim, touched, state, base);
    if (!bound) return std::nullopt;
    return Target{&victim, touched, *bound};
}

} // namespace

std::optional<Candidate> sandwich_around(const SearchInput& input, const Observed& victim,
                                         const TouchedPool& touched, const BaseToken& base) {
    const auto state = input.pools.read(input.trial.state(), touched.pool);
    const auto target = target_of(input, victim, touched, state, base);
    return target ? sandwich(input, {&*target, 1}, state, base) : std::nullopt;
}

std::vector<Candidate> SandwichStrategy::search(const SearchInput& input) const {
    std::vector<Candidate> found;
    std::vector<Target> targets;
    for (const auto& observed : input.observed) {
        if (!observed.succeeded) continue;
        for (const auto& touched : observed.pools) {
            const auto* base = find_base(input.bases, touched.pool.token_in(touched.zero_for_one));
            if (base == nullptr) continue;
            const auto state = input.pools.read(input.trial.state(), touched.pool);
            const auto target = target_of(input, observed, touched, state, *base);
            if (!target) continue;
            if (auto made = sandwich(input, {&*target, 1}, state, *base))
                found.push_back(std::move(*made));
            targets.push_back(*target);
        }
    }
    // All victims of one pool in one direction together.
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const auto same = [&](const Target& t) {
            return t.touched.pool.address == targets[i].touched.pool.address &&
                   t.touched.zero_for_one == targets[i].touched.zero_for_one;
        };
        std::vector<Target> together;
        bool first = true;
        for (std::size_t j = 0; j < targets.size(); ++j)
            if (same(targets[j])) {
                first = first && j >= i;
                together.push_back(targets[j]);
            }
        if (!first || together.size() < 2) continue;
        const auto& touched = targets[i].touched;
        const auto* base = find_base(input.bases, touched.pool.token_in(touched.zero_for_one));
        const auto state = input.pools.read(input.trial.state(), touched.pool);
        if (auto made = sandwich(input, together, state, *base)) found.push_back(std::move(*made));
    }
    for (auto& candidate : found) {
        candidate.strategy = name();
        candidate.version = version();
    }
    return found;
}

} // namespace viz::search
