#include "components/search/sandwich.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "components/search/victim_bound.hpp"

namespace viz::search {

namespace {

// Of one pool and direction, sandwiched together: those that swap most. Each is an execution more
// for all that come after it.
constexpr std::size_t kMostVictims = 8;

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

// No front-run takes more than the victim puts in, and each of our two transactions costs its gas.
bool pays_gas(const SearchInput& input, const TouchedPool& touched, const BaseToken& base) {
    constexpr std::uint64_t kTransactionGas = 21'000;
    return in_wei(touched.amount_in, base) >
           input.trial.block().base_fee * U256(2 * kTransactionGas);
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

class Search {
  public:
    explicit Search(const SearchInput& input) : input_(input) {}

    std::vector<Candidate> run() {
        for (const auto& observed : input_.observed)
            if (observed.succeeded)
                for (const auto& touched : observed.pools) look_at(observed, touched);
        for (auto& [way, targets] : targets_) together(std::move(targets));
        return std::move(found_);
    }

    std::optional<Candidate> around(const Observed& observed, const TouchedPool& touched,
                                    const BaseToken& base) {
        const auto bound = bound_of(observed, touched, base);
        if (!bound) return std::nullopt;
        const Target target{&observed, touched, *bound};
        return sandwich(input_, {&target, 1}, state_of(touched.pool), base);
    }

  private:
    const BaseToken* base_of(const TouchedPool& touched) const {
        return find_base(input_.bases, touched.pool.token_in(touched.zero_for_one));
    }
    const PoolState& state_of(const Pool& pool) {
        const auto known = states_.find(pool.address);
        if (known != states_.end()) return known->second;
        return states_.emplace(pool.address, input_.pools.read(input_.trial.state(), pool))
            .first->second;
    }

    std::optional<VictimBound> bound_of(const Observed& observed, const TouchedPool& touched,
                                        const BaseToken& base) {
        const auto find = [&]() -> std::optional<VictimBound> {
            if (!pays_gas(input_, touched, base)) return std::nullopt;
            const auto& state = state_of(touched.pool);
            if (!front_run_may_pay(touched.pool, state, touched.zero_for_one, touched.amount_in,
                                   base.capital))
                return std::nullopt;
            return find_bound(input_, observed, touched, state, base);
        };
        if (input_.bounds == nullptr) return find();
        return input_.bounds->of(
            {observed.pending.hash, touched.pool.address, touched.zero_for_one}, find);
    }

    void look_at(const Observed& observed, const TouchedPool& touched) {
        const auto* base = base_of(touched);
        if (base == nullptr) return;
        const auto bound = bound_of(observed, touched, *base);
        if (!bound) return;
        const Target target{&observed, touched, *bound};
        if (input_.is_new(observed))
            add(sandwich(input_, {&target, 1}, state_of(touched.pool), *base));
        targets_[{touched.pool.address, touched.zero_for_one}].push_back(target);
    }

    void together(std::vector<Target> targets) {
        if (targets.size() > kMostVictims) {
            std::stable_sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
                return a.touched.amount_in > b.touched.amount_in;
            });
            targets.erase(targets.begin() + kMostVictims, targets.end());
            std::stable_sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
                return a.victim < b.victim; // as they came
            });
        }
        if (targets.size() < 2 || std::none_of(targets.begin(), targets.end(), [&](const auto& t) {
                return input_.is_new(*t.victim);
            }))
            return;
        const auto& touched = targets.front().touched;
        add(sandwich(input_, targets, state_of(touched.pool), *base_of(touched)));
    }

    void add(std::optional<Candidate> made) {
        if (made) found_.push_back(std::move(*made));
    }

    const SearchInput& input_;
    std::map<eth::Address, PoolState> states_; // none moves when another comes
    std::map<std::pair<eth::Address, bool>, std::vector<Target>> targets_; // by pool and direction
    std::vector<Candidate> found_;
};

} // namespace

std::optional<Candidate> sandwich_around(const SearchInput& input, const Observed& victim,
                                         const TouchedPool& touched, const BaseToken& base) {
    return Search(input).around(victim, touched, base);
}

std::vector<Candidate> SandwichStrategy::search(const SearchInput& input) const {
    auto found = Search(input).run();
    for (auto& candidate : found) {
        candidate.strategy = name();
        candidate.version = version();
    }
    return found;
}

} // namespace viz::search
