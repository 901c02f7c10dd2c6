#include "components/state/rounds.hpp"

#include <algorithm>
#include <array>

namespace viz::state {

std::string_view to_string(RoundsEnd end) {
    constexpr std::array<std::string_view, kRoundsEnds> kTexts{
        "complete",         "state_not_found",   "too_many_rounds",
        "too_much_missing", "too_many_requests", "too_much_code",
        "too_many_steps",   "out_of_time",       "stopped"};
    return kTexts[static_cast<std::size_t>(end)];
}

std::optional<RoundsEnd> interrupted(evm::RunGuard* guard) {
    if (guard == nullptr) return std::nullopt;
    switch (guard->check()) {
    case evm::Interrupt::none:
        break;
    case evm::Interrupt::stopped:
        return RoundsEnd::stopped;
    case evm::Interrupt::out_of_time:
        return RoundsEnd::out_of_time;
    }
    return std::nullopt;
}

RoundsEnd fetch_round(Rounds& rounds, std::span<const evm::Missing> wanted, Prefetch& ahead,
                      HeadState& state, StateSource& source, const RoundLimits& limits,
                      evm::RunGuard* guard) {
    const auto is_account = [](const evm::Missing& what) {
        return what.kind == evm::Missing::Kind::account || what.kind == evm::Missing::Kind::code;
    };
    const auto accounts = static_cast<std::size_t>(std::ranges::count_if(wanted, is_account));
    if (rounds.fetched + wanted.size() > limits.requests) return RoundsEnd::too_many_requests;
    if (rounds.accounts + accounts > limits.accounts) return RoundsEnd::too_much_code;
    const bool fetched = source.fetch_ahead(wanted, ahead, state);
    rounds.fetched += wanted.size();
    rounds.accounts += accounts;
    if (const auto end = interrupted(guard)) return *end;
    return fetched ? RoundsEnd::complete : RoundsEnd::state_not_found;
}

} // namespace viz::state
