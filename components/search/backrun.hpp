// What a pending transaction leaves out of line between the pools it moved and others of the same
// tokens: it runs first, our way around after it.
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
