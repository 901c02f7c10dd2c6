#include "components/sim/case_bounds.hpp"

#include <algorithm>

namespace viz::sim {

namespace {

// What the steps of a case come to; sums that would overflow stay at the largest number.
struct Demand {
    std::uint64_t legs{};
    std::uint64_t largest_gas{}; // of a transaction
    std::uint64_t total_gas{};

    void add_gas(std::uint64_t gas) {
        largest_gas = std::max(largest_gas, gas);
        total_gas = gas > UINT64_MAX - total_gas ? UINT64_MAX : total_gas + gas;
    }
};

Demand demand_of(const Case& of) {
    Demand demand;
    for (const auto& step : of.request.steps) {
        if (const auto* legs = std::get_if<SimLegs>(&step)) {
            demand.legs += legs->size();
            demand.add_gas(of.settings.swap_gas_limit);
        } else {
            demand.add_gas(std::get<SimMember>(step).tx.gas_limit.value);
        }
    }
    // The robustness band has a rival's swap of its own.
    demand.add_gas(of.settings.swap_gas_limit);
    return demand;
}

} // namespace

std::optional<std::string> beyond(const Case& of, const CaseBounds& bounds) {
    std::uint64_t slots = 0;
    for (const auto& account : of.state.accounts) slots += account.slots.size();
    const auto demand = demand_of(of);
    struct Row {
        const char* what;
        std::uint64_t asked;
        std::uint64_t most;
    };
    for (const auto& [what, asked, most] : {
             Row{"accounts", of.state.accounts.size(), bounds.accounts},
             Row{"slots", slots, bounds.slots},
             Row{"block hashes", of.state.block_hashes.size(), bounds.block_hashes},
             Row{"codes", of.state.code_hashes.size(), bounds.code_hashes},
             Row{"claims", of.request.claims.size(), bounds.claims},
             Row{"transactions", of.request.steps.size(), bounds.steps},
             Row{"legs", demand.legs, bounds.legs},
             Row{"gas of a transaction", demand.largest_gas, bounds.transaction_gas},
             Row{"gas of all transactions", demand.total_gas, bounds.total_gas},
             Row{"gas of the block", of.environment.gas_limit, bounds.block_gas},
             Row{"step_budget", of.settings.step_budget, bounds.step_budget},
             Row{"bytes of the result", of.result.size(), bounds.result_bytes},
         })
        if (asked > most)
            return std::string(what) + ": " + std::to_string(asked) + ", at most " +
                   std::to_string(most) + " are run";
    return std::nullopt;
}

} // namespace viz::sim
