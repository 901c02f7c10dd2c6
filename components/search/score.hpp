// An opportunity's score as one integer, from the executed profit and the transaction's label. The
// same on every machine.
#pragma once

#include <cstdint>
#include <string_view>

#include "components/search/candidate.hpp"

namespace viz::search {

// Increases whenever the same candidate may get a different score.
inline constexpr std::string_view kScorerVersion = "1";

// 0 to 100. Up to 70 for profit against the gas it costs: 10 for each doubling of
// (net + gas) / gas. Up to 30 for the first member's mev_score (0 to 100), at three tenths.
std::uint32_t score_of(const Candidate& candidate, const U256& base_fee, std::uint32_t mev_score);

} // namespace viz::search
