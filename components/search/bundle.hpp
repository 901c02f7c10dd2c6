// Transactions of one sender with contiguous nonces where a later one needs an earlier one (a swap
// needs its approval): applies other strategies after the earlier transactions have run.
#pragma once

#include "components/search/strategy.hpp"

namespace viz::search {

class BundleStrategy : public Strategy {
  public:
    static constexpr std::size_t kMostMembers = 8;

    // `inner` is applied after each chain of nonces; its strategies must outlive this one.
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
