// The questions of a prefetch as JSON-RPC requests, and their answers, which are not trusted.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "components/state/prefetch.hpp"

namespace viz::state {

// Of one answer; what is beyond is left out.
inline constexpr std::size_t kTouchedAccounts = 256;
inline constexpr std::size_t kTouchedSlots = 1'024;

// Those of the first calls that one batch asks about: at most 16, with 256 KiB of calldata.
std::span<const PlannedCall> askable(std::span<const PlannedCall> calls);

std::string touched_method(PrefetchStyle style);
// `block`: the block as a parameter.
std::string touched_parameters(const PlannedCall& call, PrefetchStyle style,
                               const std::string& block);

// The `result` as accounts and slots; nothing where it is of another shape.
std::optional<std::vector<evm::Missing>> read_touched(const nlohmann::json& result,
                                                      PrefetchStyle style);
// The `error`: method_unknown or refused.
PrefetchResult read_touched_error(const nlohmann::json& error);

} // namespace viz::state
