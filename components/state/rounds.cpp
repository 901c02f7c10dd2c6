#include "components/state/rounds.hpp"

#include <array>

namespace viz::state {

std::string_view to_string(RoundsEnd end) {
    constexpr std::array<std::string_view, 4> kTexts{"complete", "state_not_found",
                                                     "too_many_rounds", "too_much_missing"};
    static_assert(kTexts.size() == static_cast<std::size_t>(RoundsEnd::too_much_missing) + 1);
    return kTexts[static_cast<std::size_t>(end)];
}

} // namespace viz::state
