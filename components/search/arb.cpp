#include "components/search/arb.hpp"

#include "components/search/cycles.hpp"

namespace viz::search {

std::vector<Candidate> ArbStrategy::search(const SearchInput& input) const {
    std::vector<Candidate> found;
    for (const auto& base : input.bases) {
        for (auto& plan : profitable_cycles(input.trial.machine(), input.pools, base)) {
            Candidate made{.strategy = name(),
                           .version = version(),
                           .steps = {std::move(plan.legs)},
                           .members = {},
                           .base_token = base.address,
                           .capital = plan.cycle.amount_in,
                           .computed = plan.cycle.profit(),
                           .reasons = {Reason::pools_out_of_line},
                           .reads = {},
                           .writes = {}};
            if (plan.partial) made.reasons.push_back(Reason::partial_ticks);
            if (execute_candidate(input.trial, base, made)) found.push_back(std::move(made));
        }
    }
    return found;
}

} // namespace viz::search
