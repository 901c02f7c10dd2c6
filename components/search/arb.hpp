// Finds pools whose prices differ on the head, before any pending transaction.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

class ArbStrategy : public Strategy {
  public:
    std::string_view name() const override { return "arb"; }
    std::uint32_t version() const override { return 1; }
    std::vector<Candidate> search(const SearchInput& input) const override;
};

} // namespace viz::search
