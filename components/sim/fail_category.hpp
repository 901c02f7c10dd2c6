// Why a simulation failed. The texts are metric labels and therefore stable.
#pragma once

#include <cstdint>
#include <string_view>

#include "components/state/rounds.hpp"

namespace viz::sim {

enum class FailCategory : std::uint8_t {
    revert, // or an instruction that always fails
    out_of_gas,
    nonce_mismatch,
    insufficient_funds,
    state_mismatch, // the state differs from the one it was computed on, or is incomplete
    unsupported_precompile,
    timeout, // a budget of the run: steps, time, rounds, requests
    unknown, // another validity rule, or any other halt
};
inline constexpr std::size_t kFailCategories = 8;
std::string_view to_string(FailCategory category);
// The category of an incomplete run.
FailCategory fail_category_of(state::RoundsEnd end);

} // namespace viz::sim
