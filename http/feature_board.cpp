#include "http/feature_board.hpp"

#include <algorithm>

namespace viz::http {

void FeatureBoard::apply(const bus::Feature& feature) {
    auto& of_chain = chains_[feature.chain_id];
    auto found = of_chain.kinds.find({feature.protocol, feature.category});
    if (found == of_chain.kinds.end()) {
        const bool room = kinds_ < kMaxKinds;
        const auto [place, made] = of_chain.kinds.try_emplace(
            room ? Kind{feature.protocol, feature.category} : Kind{"other", "other"}, 0);
        if (made) ++kinds_;
        found = place;
    }
    ++found->second;
    if (feature.mev_score >= 80)
        ++of_chain.risks.high;
    else if (feature.mev_score >= 45)
        ++of_chain.risks.medium;
    else
        ++of_chain.risks.low;
    if (recent_.size() >= capacity_) recent_.pop_front();
    recent_.push_back(feature);
}

std::vector<FeatureCount> FeatureBoard::counts(const FeatureFilter& filter) const {
    std::map<Kind, std::uint64_t> sum;
    for (const auto& [id, of_chain] : chains_)
        if (!filter.chain || *filter.chain == id)
            for (const auto& [kind, count] : of_chain.kinds)
                if (filter.matches(kind.first, kind.second)) sum[kind] += count;
    std::vector<FeatureCount> out;
    out.reserve(sum.size());
    for (const auto& [kind, count] : sum) out.push_back({kind.first, kind.second, count});
    std::ranges::stable_sort(out, std::ranges::greater{}, &FeatureCount::count);
    return out;
}

RiskCounts FeatureBoard::risks(std::optional<bus::ChainId> chain) const {
    RiskCounts sum;
    for (const auto& [id, of_chain] : chains_) {
        if (chain && *chain != id) continue;
        sum.low += of_chain.risks.low;
        sum.medium += of_chain.risks.medium;
        sum.high += of_chain.risks.high;
    }
    return sum;
}

} // namespace viz::http
