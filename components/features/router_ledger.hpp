// Symbolic balances of a router during its program: known amounts, and outputs of swaps with a
// still unknown size. It derives the effective limits of swaps, which routers often check only at
// payout: the minimum bought, after portions and fees, and the maximum sold, given what the router
// received and must return.
#pragma once

#include <vector>

#include "components/features/actions.hpp"

namespace viz::features {

class RouterLedger {
  public:
    // `actions` must outlive the ledger; its swaps are referred to by index.
    explicit RouterLedger(std::vector<Action>& actions) : actions_(actions) {}

    void deposit(const eth::Address& token, const eth::U256& amount);
    // A swap of the router's whole balance of its first token: sets its amount, if known.
    void spend_all(Swap& swap);
    // The newest action is a swap paid by the router, with the amounts it names.
    void router_paid_swap();
    // The newest action is a swap whose output, the last token of its path, goes to the router.
    void swap_paid_router();
    // Moves the whole balance of the token from `from` to this ledger.
    void take_over(RouterLedger& from, const eth::Address& token);
    // The router pays out `part` / `whole` of its balance.
    void pay_portion(const eth::Address& token, std::uint64_t part, std::uint64_t whole);
    // The router pays out this amount.
    void pay(const eth::Address& token, const eth::U256& amount);
    // The router checks that its balance is at least `minimum`, and keeps it.
    void at_least(const eth::Address& token, const eth::U256& minimum);
    // The router pays out its whole balance, at least `minimum`.
    void pay_out(const eth::Address& token, const eth::U256& minimum);

  private:
    static constexpr std::uint64_t kWhole = 1'000'000'000'000'000'000;

    // The balance: the known amount, or the swaps' output * kept / kWhole - paid.
    struct Holding {
        eth::Address token;
        eth::U256 known;
        std::vector<std::size_t> swaps; // in actions_: swaps whose outputs are in the balance
        std::uint64_t kept{kWhole};     // fraction left after portions, rounded down
        eth::U256 paid;
        std::vector<std::size_t> drawn; // in actions_: exact-out swaps paid from `known`
    };
    Holding& holding(const eth::Address& token);
    void raise_minimum(const Holding& held, const eth::U256& minimum);
    void lower_maximum(const Holding& held, const eth::U256& minimum);

    std::vector<Action>& actions_;
    std::vector<Holding> holdings_; // few entries: a linear search is fastest
};

} // namespace viz::features
