// Why a simulation shows no success. The texts are label values of metrics: they do not change.
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
    state_mismatch, // not the state that it was computed on, or not all of it is here
    unsupported_precompile,
    timeout, // a budget of the run: steps, time, rounds, requests
    unknown, // another rule of validity, or a halt that is none of these
};
inline constexpr std::size_t kFailCategories = 8;
std::string_view to_string(FailCategory category);
// Of a run that is not complete.
FailCategory fail_category_of(state::RoundsEnd end);

} // namespace viz::sim
