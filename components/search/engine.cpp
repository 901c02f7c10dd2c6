#include "components/search/engine.hpp"

#include "components/search/arb.hpp"
#include "components/search/backrun.hpp"
#include "components/search/bundle.hpp"
#include "components/search/sandwich.hpp"

namespace viz::search {

std::vector<Candidate> search_observed(const SearchInput& input,
                                       std::span<const std::unique_ptr<Strategy>> strategies,
                                       std::size_t most) {
    std::vector<Candidate> all;
    for (const auto& strategy : strategies)
        for (auto& candidate : strategy->search(input)) all.push_back(std::move(candidate));
    return ranked(std::move(all), most);
}

std::vector<std::unique_ptr<Strategy>> strategies_of_pending() {
    std::vector<std::unique_ptr<Strategy>> all;
    all.push_back(std::make_unique<SandwichStrategy>());
    all.push_back(std::make_unique<BackrunStrategy>());
    all.push_back(
        std::make_unique<BundleStrategy>(std::vector<const Strategy*>{all[0].get(), all[1].get()}));
    return all;
}

std::vector<std::unique_ptr<Strategy>> strategies_of_head() {
    std::vector<std::unique_ptr<Strategy>> all;
    all.push_back(std::make_unique<ArbStrategy>());
    return all;
}

std::vector<std::unique_ptr<Strategy>> all_strategies() {
    auto all = strategies_of_pending();
    all.push_back(std::make_unique<ArbStrategy>());
    return all;
}

} // namespace viz::search
