// What a router holds while its program runs, followed symbolically: known amounts, and outputs of
// swaps whose size is not known yet. It finds the bounds that bind, which routers often check only
// when they pay out and not in the swap: the least that may be bought, after portions and fees, and
// the most that may be sold, of what the router was given and has to give back.
#pragma once

#include <vector>

#include "components/features/actions.hpp"

namespace viz::features {

class RouterLedger {
  public:
    // `actions` must outlive the ledger; the swaps in it are those referred to.
    explicit RouterLedger(std::vector<Action>& actions) : actions_(actions) {}

    void deposit(const eth::Address& token, const eth::U256& amount);
    // A swap of all the router holds of its first token: its amount, if that is known.
    void spend_all(Swap& swap);
    // The newest action is a swap that the router pays for, in the amounts it names.
    void router_paid_swap();
    // The newest action is a swap that pays the router in the last token of its path.
    void swap_paid_router();
    // All that `from` holds of the token comes to this one.
    void take_over(RouterLedger& from, const eth::Address& token);
    // The router gives away this part of what it holds, in parts of `whole`.
    void pay_portion(const eth::Address& token, std::uint64_t part, std::uint64_t whole);
    // The router gives away so much.
    void pay(const eth::Address& token, const eth::U256& amount);
    // The router checks that it holds at least `minimum`, and keeps it.
    void at_least(const eth::Address& token, const eth::U256& minimum);
    // The router pays out all it holds, at least `minimum`.
    void pay_out(const eth::Address& token, const eth::U256& minimum);

  private:
    static constexpr std::uint64_t kWhole = 1'000'000'000'000'000'000;

    // Held: the known amount, or the swaps' output * kept / kWhole - paid.
    struct Holding {
        eth::Address token;
        eth::U256 known;
        std::vector<std::size_t> swaps; // in actions_, whose outputs are held
        std::uint64_t kept{kWhole};     // left after portions, rounded down
        eth::U256 paid;
        std::vector<std::size_t> drawn; // exact-out swaps in actions_ that take of what is known
    };
    Holding& holding(const eth::Address& token);
    void raise_minimum(const Holding& held, const eth::U256& minimum);
    void lower_maximum(const Holding& held, const eth::U256& minimum);

    std::vector<Action>& actions_;
    std::vector<Holding> holdings_; // few: a linear search is quickest
};

} // namespace viz::features
