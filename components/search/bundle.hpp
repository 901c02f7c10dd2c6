// Transactions of one sender with contiguous nonces, of which a later one needs the earlier, as a
// swap its approval: what other strategies find when the earlier ones have run.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

class BundleStrategy : public Strategy {
  public:
    static constexpr std::size_t kMostMembers = 8;

    // `inner` is applied behind each chain of nonces; its strategies outlive this one.
    explicit BundleStrategy(std::vector<const Strategy*> inner) : inner_(std::move(inner)) {}
    std::string_view name() const override { return "bundle"; }
    std::uint32_t version() const override { return 1; }
    std::vector<Candidate> search(const SearchInput& input) const override;

  private:
    std::vector<Candidate> behind(const SearchInput& input,
                                  std::span<const Observed* const> chain) const;
    std::vector<const Strategy*> inner_;
};

} // namespace viz::search
