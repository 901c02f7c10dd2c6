// What transactions have been labelled as: the newest labels, counts by protocol and category,
// and the risk classes of market_stats.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bus/messages.hpp"

namespace viz::http {

struct FeatureCount {
    std::string protocol;
    std::string category;
    std::uint64_t count{};
};

// Labels by mev_score: high from 80, medium from 45.
struct RiskCounts {
    std::uint64_t low{};
    std::uint64_t medium{};
    std::uint64_t high{};
};

class FeatureBoard {
  public:
    // Kinds beyond this many are counted together as "other".
    static constexpr std::size_t kMaxKinds = 1024;

    explicit FeatureBoard(std::size_t capacity) : capacity_(capacity) {}

    void apply(const bus::Feature& feature);

    // Largest count first.
    std::vector<FeatureCount> counts(std::optional<bus::ChainId> chain = {}) const;
    RiskCounts risks(std::optional<bus::ChainId> chain = {}) const;

    // Newest first, until `visit(feature)` answers false.
    template <class Visit> void newest_first(std::optional<bus::ChainId> chain, Visit visit) const {
        for (auto i = recent_.rbegin(); i != recent_.rend(); ++i) {
            if (chain && i->chain_id != *chain) continue;
            if (!visit(*i)) return;
        }
    }

  private:
    using Kind = std::pair<std::string, std::string>;
    struct OfChain {
        std::map<Kind, std::uint64_t> kinds;
        RiskCounts risks;
    };

    std::size_t capacity_;
    std::deque<bus::Feature> recent_;
    std::map<bus::ChainId, OfChain> chains_;
    std::size_t kinds_{};
};

} // namespace viz::http
