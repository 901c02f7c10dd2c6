// Buys before a victim's swap in a pool and sells after it. The victim's bound is found by
// executing it after front-runs, the best size within that bound by the pool's formula, and the
// profit by executing all three.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

class SandwichStrategy : public Strategy {
  public:
    std::string_view name() const override { return "sandwich"; }
    std::uint32_t version() const override { return 2; }
    std::vector<Candidate> search(const SearchInput& input) const override;
};

// The best sandwich around one swap of a victim that succeeds by itself, as executed, for any
// paying token; `base` is that token's price. Nothing when there is none.
std::optional<Candidate> sandwich_around(const SearchInput& input, const Observed& victim,
                                         const TouchedPool& touched, const BaseToken& base);

} // namespace viz::search
