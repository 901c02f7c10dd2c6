#include "components/features/router_ledger.hpp"

#include <algorithm>

namespace viz::features {
namespace {

eth::U256 less(const eth::U256& from, const eth::U256& amount) {
    return from > amount ? from - amount : eth::U256{};
}

// `value` and `part` must be below 2^64.
std::uint64_t scaled(std::uint64_t value, std::uint64_t part, std::uint64_t whole) {
    return eth::div_u64(eth::U256{value} * eth::U256{part}, whole).quotient.limbs[0];
}

} // namespace

RouterLedger::Holding& RouterLedger::holding(const eth::Address& token) {
    const auto found = std::find_if(holdings_.begin(), holdings_.end(),
                                    [&](const Holding& h) { return h.token == token; });
    if (found != holdings_.end()) return *found;
    return holdings_.emplace_back(
        Holding{.token = token, .known = {}, .swaps = {}, .paid = {}, .drawn = {}});
}

void RouterLedger::deposit(const eth::Address& token, const eth::U256& amount) {
    Holding& held = holding(token);
    held.known = eth::checked_add(held.known, amount).value_or(eth::U256{});
}

void RouterLedger::spend_all(Swap& swap) {
    Holding& held = holding(swap.path.front());
    swap.amount_is_balance = !held.swaps.empty() || held.known == eth::U256{};
    swap.amount = swap.amount_is_balance ? eth::U256{} : held.known;
    held = {.token = held.token, .known = {}, .swaps = {}, .paid = {}, .drawn = {}};
}

void RouterLedger::router_paid_swap() {
    auto& swap = std::get<Swap>(actions_.back());
    if (swap.kind == SwapKind::exact_in) return pay(swap.path.front(), swap.amount);
    Holding& held = holding(swap.path.front());
    if (!held.swaps.empty() || held.known == eth::U256{}) return;
    swap.limit = std::min(swap.limit, held.known); // it cannot pay more than it received
    held.drawn.push_back(actions_.size() - 1);
}

void RouterLedger::swap_paid_router() {
    const auto& swap = std::get<Swap>(actions_.back());
    holding(swap.path.back()).swaps.push_back(actions_.size() - 1);
}

void RouterLedger::take_over(RouterLedger& from, const eth::Address& token) {
    Holding& theirs = from.holding(token);
    Holding& ours = holding(token);
    // The sum of two swaps' outputs has no limit for each swap, whatever was deducted (see
    // at_least).
    const bool first = ours.swaps.empty() && ours.known == eth::U256{};
    ours.kept = first ? theirs.kept : std::min(ours.kept, theirs.kept);
    ours.paid = first ? theirs.paid : eth::U256{};
    ours.known = eth::checked_add(ours.known, theirs.known).value_or(eth::U256{});
    ours.swaps.insert(ours.swaps.end(), theirs.swaps.begin(), theirs.swaps.end());
    theirs = {.token = token, .known = {}, .swaps = {}, .paid = {}, .drawn = {}};
}

void RouterLedger::pay_portion(const eth::Address& token, std::uint64_t part, std::uint64_t whole) {
    Holding& held = holding(token);
    const auto left = whole - std::min(part, whole);
    held.kept = scaled(held.kept, left, whole);
    held.paid =
        eth::div_u64(eth::checked_mul(held.paid, left).value_or(eth::U256{}), whole).quotient;
}

void RouterLedger::pay(const eth::Address& token, const eth::U256& amount) {
    Holding& held = holding(token);
    if (held.swaps.empty())
        held.known = less(held.known, amount);
    else
        held.paid = eth::checked_add(held.paid, amount).value_or(held.paid);
}

// output * kept / kWhole - paid >= minimum
void RouterLedger::raise_minimum(const Holding& held, const eth::U256& minimum) {
    auto& swap = std::get<Swap>(actions_[held.swaps.front()]);
    const auto needed = eth::checked_add(minimum, held.paid);
    const auto product = needed ? eth::checked_mul(*needed, kWhole) : std::nullopt;
    if (swap.kind != SwapKind::exact_in || !product) return;
    const auto [quotient, remainder] = eth::div_u64(*product, held.kept);
    swap.limit = std::max(swap.limit, quotient + (remainder == 0 ? 0U : 1U));
}

// known - sold >= minimum
void RouterLedger::lower_maximum(const Holding& held, const eth::U256& minimum) {
    auto& swap = std::get<Swap>(actions_[held.drawn.front()]);
    swap.limit = std::min(swap.limit, less(held.known, minimum));
}

void RouterLedger::at_least(const eth::Address& token, const eth::U256& minimum) {
    const Holding& held = holding(token);
    // A limit on the sum of several swaps limits none of them individually.
    if (held.swaps.size() == 1 && held.kept != 0 && held.known == eth::U256{})
        raise_minimum(held, minimum);
    else if (held.swaps.empty() && held.drawn.size() == 1 && held.kept == kWhole)
        lower_maximum(held, minimum);
}

void RouterLedger::pay_out(const eth::Address& token, const eth::U256& minimum) {
    at_least(token, minimum);
    Holding& held = holding(token);
    held = {.token = held.token, .known = {}, .swaps = {}, .paid = {}, .drawn = {}};
}

} // namespace viz::features
