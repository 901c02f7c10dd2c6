#include "components/features/router_ledger.hpp"

#include <algorithm>

namespace viz::features {
namespace {

constexpr std::uint64_t kBips = 10'000;

} // namespace

RouterLedger::Holding& RouterLedger::holding(const eth::Address& token) {
    const auto found = std::find_if(holdings_.begin(), holdings_.end(),
                                    [&](const Holding& h) { return h.token == token; });
    if (found != holdings_.end()) return *found;
    return holdings_.emplace_back(Holding{.token = token, .known = {}, .swaps = {}});
}

void RouterLedger::deposit(const eth::Address& token, const eth::U256& amount) {
    Holding& held = holding(token);
    held.known = eth::checked_add(held.known, amount).value_or(eth::U256{});
}

void RouterLedger::spend_all(Swap& swap) {
    Holding& held = holding(swap.path.front());
    swap.amount_is_balance = !held.swaps.empty() || held.known == eth::U256{};
    swap.amount = swap.amount_is_balance ? eth::U256{} : held.known;
    held = {.token = held.token, .known = {}, .swaps = {}};
}

void RouterLedger::swap_paid_router() {
    const auto& swap = std::get<Swap>(actions_.back());
    holding(swap.path.back()).swaps.push_back(actions_.size() - 1);
}

void RouterLedger::pay_portion(const eth::Address& token, std::uint64_t bips) {
    Holding& held = holding(token);
    held.kept = held.kept * (kBips - std::min(bips, kBips)) / kBips;
}

void RouterLedger::at_least(const eth::Address& token, const eth::U256& minimum) {
    const Holding& held = holding(token);
    // A minimum over several swaps' outputs together binds none of them alone.
    if (held.swaps.size() == 1 && held.kept != 0 && held.known == eth::U256{}) {
        auto& swap = std::get<Swap>(actions_[held.swaps.front()]);
        const auto scaled = eth::checked_mul(minimum, kBips);
        if (swap.kind == SwapKind::exact_in && scaled) {
            const auto [quotient, remainder] = eth::div_u64(*scaled, held.kept);
            const eth::U256 before_portion = quotient + (remainder == 0 ? 0U : 1U);
            swap.limit = std::max(swap.limit, before_portion);
        }
    }
}

void RouterLedger::pay_out(const eth::Address& token, const eth::U256& minimum) {
    at_least(token, minimum);
    holding(token) = {.token = token, .known = {}, .swaps = {}};
}

} // namespace viz::features
