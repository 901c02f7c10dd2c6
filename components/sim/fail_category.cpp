#include "components/sim/fail_category.hpp"

#include <array>

namespace viz::sim {

std::string_view to_string(FailCategory category) {
    constexpr std::array<std::string_view, kFailCategories> kTexts{
        "revert",         "out_of_gas",
        "nonce_mismatch", "insufficient_funds",
        "state_mismatch", "unsupported_precompile",
        "timeout",        "unknown"};
    return kTexts[static_cast<std::size_t>(category)];
}

FailCategory fail_category_of(state::RoundsEnd end) {
    return end == state::RoundsEnd::state_not_found ? FailCategory::state_mismatch
                                                    : FailCategory::timeout;
}

} // namespace viz::sim
