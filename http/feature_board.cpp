#include "http/feature_board.hpp"

#include <algorithm>

#include "http/row_bytes.hpp"

namespace viz::http {

void FeatureBoard::apply(const bus::Feature& feature) {
    auto& counts = counts_.edit();
    auto& of_chain = counts.chains[feature.chain_id];
    auto found = of_chain.kinds.find({feature.protocol, feature.category});
    if (found == of_chain.kinds.end()) {
        const bool room = counts.kinds < kMaxKinds;
        const auto [place, made] = of_chain.kinds.try_emplace(
            room ? Kind{feature.protocol, feature.category} : Kind{"other", "other"}, 0);
        if (made) ++counts.kinds;
        found = place;
    }
    ++found->second;
    if (feature.mev_score >= 80)
        ++of_chain.risks.high;
    else if (feature.mev_score >= 45)
        ++of_chain.risks.medium;
    else
        ++of_chain.risks.low;
    recent_.push(feature, bytes_of(feature));
}

std::vector<FeatureCount> FeatureBoard::View::counts(const FeatureFilter& filter) const {
    std::map<Kind, std::uint64_t> sum;
    for (const auto& [id, of_chain] : counts_->chains)
        if (!filter.chain || *filter.chain == id)
            for (const auto& [kind, count] : of_chain.kinds)
                if (filter.matches(kind.first, kind.second)) sum[kind] += count;
    std::vector<FeatureCount> out;
    out.reserve(sum.size());
    for (const auto& [kind, count] : sum) out.push_back({kind.first, kind.second, count});
    std::ranges::stable_sort(out, std::ranges::greater{}, &FeatureCount::count);
    return out;
}

RiskCounts FeatureBoard::View::risks(std::optional<bus::ChainId> chain) const {
    RiskCounts sum;
    for (const auto& [id, of_chain] : counts_->chains) {
        if (chain && *chain != id) continue;
        sum.low += of_chain.risks.low;
        sum.medium += of_chain.risks.medium;
        sum.high += of_chain.risks.high;
    }
    return sum;
}

} // namespace viz::http
