// Finds price differences that a pending transaction leaves between the pools it moved and other
// pools of the same tokens: the transaction runs first, our cycle after it.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

class BackrunStrategy : public Strategy {
  public:
    std::string_view name() const override { return "backrun"; }
    std::uint32_t version() const override { return 1; }
    std::vector<Candidate> search(const SearchInput& input) const override;
};

} // namespace viz::search
