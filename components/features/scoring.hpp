// Two integer scores from 0 to 100, each the capped sum of weights whose reasons are recorded.
// mev_score estimates the value extractable around the transaction; urgency_score estimates how
// much its sender pays for fast inclusion. The tables in scoring.cpp document the weights.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bus/messages.hpp"
#include "components/features/actions.hpp"
#include "components/features/protocol_registry.hpp"

namespace viz::features {

struct Scores {
    std::uint32_t mev{};
    std::uint32_t urgency{};
};

// The inputs of the scores.
struct ScoreInput {
    Category category{Category::call};
    bus::Wei value;
    bus::Wei max_fee_per_gas;
    bus::Wei max_priority_fee_per_gas;
    std::optional<bus::Wei> base_fee; // of the newest head, per gas; empty if unknown
    std::size_t calldata_len{};
    bool by_selector_only{}; // the protocol is inferred from the selector only
    std::span<const Action> actions{};
    std::optional<eth::Address> wrapped_native{};
    std::optional<std::uint32_t> tip_rank{};      // TipRank::place
    std::int64_t seen_unix_s{};                   // reference time for deadlines
    std::optional<std::uint32_t> slippage_bips{}; // the largest slippage_room
};

// Appends one short text per weight applied: "mev:category:swap+50".
Scores score(const ScoreInput& input, std::vector<std::string>& reasons);

} // namespace viz::features
