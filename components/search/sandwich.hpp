// Buying before a victim's swap in a pool and selling after it. How much the victim lets happen is
// found by executing it behind front-runs; which size is best within that, by the pool's
// mathematics; what it brings, by executing the three.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

class SandwichStrategy : public Strategy {
  public:
    std::string_view name() const override { return "sandwich"; }
    std::uint32_t version() const override { return 2; }
    std::vector<Candidate> search(const SearchInput& input) const override;
};

// The best one around one swap of a victim that succeeds by itself, as executed: whatever it is
// paid with, which `base` is the worth of. Nothing where none can be made.
std::optional<Candidate> sandwich_around(const SearchInput& input, const Observed& victim,
                                         const TouchedPool& touched, const BaseToken& base);

} // namespace viz::search
