#include "components/search/backrun.hpp"

#include "components/search/cycles.hpp"

namespace viz::search {

namespace {

struct After {
    const BaseToken* base;
    CyclePlan plan;
};

std::vector<After> cycles_after(const SearchInput& input, const Observed& observed) {
    std::vector<eth::Address> moved;
    for (const auto& touched : observed.pools) moved.push_back(touched.pool.address);
    return input.trial.without_trace([&] {
        std::vector<After> all;
        if (!input.trial.run(observed.pending).succeeded()) return all;
        for (const auto& base : input.bases)
            for (auto& plan : profitable_cycles(input.trial.machine(), input.pools, base, moved))
                all.push_back({&base, std::move(plan)});
        return all;
    });
}

} // namespace

std::vector<Candidate> BackrunStrategy::search(const SearchInput& input) const {
    std::vector<Candidate> found;
    for (const auto& observed : input.observed) {
        if (!input.is_new(observed) || !observed.succeeded || observed.pools.empty()) continue;
        for (const auto& touched : observed.pools)
            input.pools.discover(input.trial.machine(), touched.pool.token0, touched.pool.token1);
        for (auto& [base, plan] : cycles_after(input, observed)) {
            Candidate made{.strategy = name(),
                           .version = version(),
                           .steps = {Member{0}, std::move(plan.legs)},
                           .members = {observed.pending},
                           .base_token = base->address,
                           .capital = plan.cycle.amount_in,
                           .computed = plan.cycle.profit(),
                           .reasons = {Reason::pools_out_of_line, Reason::after_pending},
                           .reads = {},
                           .writes = {}};
            if (plan.partial) made.reasons.push_back(Reason::partial_ticks);
            if (execute_candidate(input.trial, *base, made)) found.push_back(std::move(made));
        }
    }
    return found;
}

} // namespace viz::search
