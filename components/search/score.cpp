#include "components/search/score.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"

namespace viz::search {

std::uint32_t score_of(const Candidate& candidate, const U256& base_fee, std::uint32_t mev_score) {
    const auto label = std::min(mev_score, 100u) * 3 / 10;
    if (eth::is_negative(candidate.expected_net)) return label;
    const auto gas = std::max(base_fee * U256(candidate.own_gas), U256(1));
    const auto times = (candidate.expected_net + gas) / gas;
    const auto doublings = 255 - eth::count_leading_zeros(times);
    return std::min(70u, 10 * static_cast<std::uint32_t>(doublings)) + label;
}

} // namespace viz::search
