// Two scores from 0 to 100 in whole numbers, each the capped sum of weights whose reasons are
// recorded. mev_score: how much there may be to gain around the transaction. urgency_score: how
// much its sender pays to be next. The tables in scoring.cpp are the documentation of the weights.
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

// What the scores look at.
struct ScoreInput {
    Category category{Category::call};
    bus::Wei value;
    bus::Wei max_fee_per_gas;
    bus::Wei max_priority_fee_per_gas;
    std::optional<bus::Wei> base_fee; // of the newest head, per gas; nothing when unknown
    std::size_t calldata_len{};
    bool by_selector_only{}; // the protocol is a guess
    std::span<const Action> actions{};
    std::optional<eth::Address> wrapped_native{};
    std::optional<std::uint32_t> tip_rank{};      // TipRank::place
    std::int64_t seen_unix_s{};                   // deadlines are compared with it
    std::optional<std::uint32_t> slippage_bips{}; // slippage_room, the widest
};

// Appends one short text per weight that counted: "mev:category:swap+50".
Scores score(const ScoreInput& input, std::vector<std::string>& reasons);

} // namespace viz::features
