// What a router holds while its program runs, followed symbolically: known amounts, and outputs of
// swaps whose size is not known yet. It finds the minimum that binds, which routers often check
// only when they pay out (after taking a portion) and not in the swap.
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
    // The newest action is a swap that pays the router in the last token of its path.
    void swap_paid_router();
    // The router gives away so many ten-thousandths of what it holds.
    void pay_portion(const eth::Address& token, std::uint64_t bips);
    // The router checks that it holds at least `minimum`, and keeps it.
    void at_least(const eth::Address& token, const eth::U256& minimum);
    // The router pays out all it holds, at least `minimum`.
    void pay_out(const eth::Address& token, const eth::U256& minimum);

  private:
    struct Holding {
        eth::Address token;
        eth::U256 known;                // what came in besides swaps
        std::vector<std::size_t> swaps; // in actions_, whose outputs are held
        std::uint64_t kept{10'000};     // ten-thousandths left after portions, rounded down
    };
    Holding& holding(const eth::Address& token);

    std::vector<Action>& actions_;
    std::vector<Holding> holdings_; // few: a linear search is quickest
};

} // namespace viz::features
