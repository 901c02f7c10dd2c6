// Labels of transactions: the newest labels, counts by protocol and category, and the risk classes
// of market_stats.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/messages.hpp"
#include "http/versioned_log.hpp"

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

// Selects labels that match all given values exactly.
struct FeatureFilter {
    std::optional<bus::ChainId> chain{};
    std::optional<std::string> protocol{};
    std::optional<std::string> category{};

    bool matches(std::string_view of_protocol, std::string_view of_category) const {
        return (!protocol || *protocol == of_protocol) && (!category || *category == of_category);
    }
    bool matches(const bus::Feature& feature) const {
        return (!chain || *chain == feature.chain_id) &&
               matches(feature.protocol, feature.category);
    }
};

class FeatureBoard {
    using Kind = std::pair<std::string, std::string>;
    struct OfChain {
        std::map<Kind, std::uint64_t> kinds;
        RiskCounts risks;
    };
    struct Counts {
        std::map<bus::ChainId, OfChain> chains;
        std::size_t kinds{};
    };

  public:
    // Kinds beyond this many are counted together as "other".
    static constexpr std::size_t kMaxKinds = 1024;

    // The labels at one moment; usable on any thread.
    class View {
      public:
        // Largest count first.
        std::vector<FeatureCount> counts(const FeatureFilter& filter = {}) const;
        RiskCounts risks(std::optional<bus::ChainId> chain = {}) const;

        // Newest first, until `visit(feature)` returns false.
        template <class Visit> void newest_first(const FeatureFilter& filter, Visit visit) const {
            recent_.newest_first([&](const bus::Feature& feature) {
                return !filter.matches(feature) || visit(feature);
            });
        }

      private:
        friend class FeatureBoard;
        VersionedLog<bus::Feature>::View recent_;
        std::shared_ptr<const Counts> counts_;
    };

    FeatureBoard(std::size_t capacity, std::size_t max_bytes) : recent_(capacity, max_bytes) {}

    void apply(const bus::Feature& feature);

    View view() const {
        View view;
        view.recent_ = recent_.view();
        view.counts_ = counts_.share();
        return view;
    }

    std::size_t bytes() const { return recent_.bytes(); }

  private:
    VersionedLog<bus::Feature> recent_;
    CopyOnWrite<Counts> counts_;
};

} // namespace viz::http
