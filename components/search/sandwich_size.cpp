#include "components/search/sandwich_size.hpp"

namespace viz::search {

namespace {

// One pool's state while swaps of both directions follow each other.
class Play {
  public:
    Play(const Pool& pool, const PoolState& state) : pool_(pool), curve_(state.curve) {
        v2_ = state.v2;
        v3_ = state.v3;
    }

    struct Amounts {
        U256 in;
        U256 out;
    };
    std::optional<Amounts> swap(bool zero_for_one, bool exact_in, const U256& amount) {
        return pool_.kind == evm::PoolKind::v2 ? swap_v2(zero_for_one, exact_in, amount)
                                               : swap_v3(zero_for_one, exact_in, amount);
    }

  private:
    std::optional<Amounts> swap_v2(bool zero_for_one, bool exact_in, const U256& amount) {
        const auto side = zero_for_one ? v2_ : amm::v2_reversed(v2_);
        const auto other =
            exact_in ? amm::v2_amount_out(side, amount) : amm::v2_amount_in(side, amount);
        if (!other) return std::nullopt;
        const Amounts amounts{exact_in ? amount : *other, exact_in ? *other : amount};
        if (amm::v2_refusal(side, amounts.in, amounts.out)) return std::nullopt;
        const auto after = amm::v2_after(side, amounts.in, amounts.out);
        v2_ = zero_for_one ? after : amm::v2_reversed(after);
        return amounts;
    }

    std::optional<Amounts> swap_v3(bool zero_for_one, bool exact_in, const U256& amount) {
        const auto done = amm::v3_swap(curve_, v3_,
                                       {.zero_for_one = zero_for_one,
                                        .exact_in = exact_in,
                                        .amount = amount,
                                        .price_limit = {}});
        if (!done || !done->complete) return std::nullopt;
        v3_ = done->after;
        return Amounts{done->amount_in, done->amount_out};
    }

    const Pool& pool_;
    const amm::V3Curve& curve_;
    amm::V2Side v2_;
    amm::V3State v3_;
};

bool keeps_bound(const amm::Victim& victim, const Play::Amounts& got) {
    return victim.exact_in ? got.out >= victim.bound : got.in <= victim.bound;
}

} // namespace

std::optional<SandwichSize> play(const Pool& pool, const PoolState& state, bool zero_for_one,
                                 std::span<const amm::Victim> victims, const U256& front_in) {
    Play pool_at(pool, state);
    SandwichSize size{front_in, {}, {}};
    if (!eth::is_zero(front_in)) {
        const auto front = pool_at.swap(zero_for_one, true, front_in);
        if (!front) return std::nullopt;
        size.front_out = front->out;
    }
    for (const auto& victim : victims) {
        const auto got = pool_at.swap(zero_for_one, victim.exact_in, victim.amount);
        if (!got || !keeps_bound(victim, *got)) return std::nullopt;
    }
    if (eth::is_zero(size.front_out)) return size;
    const auto back = pool_at.swap(!zero_for_one, true, size.front_out);
    if (!back) return std::nullopt;
    size.profit = back->out - front_in;
    return size;
}

bool front_run_may_pay(const Pool& pool, const PoolState& state, bool zero_for_one,
                       const U256& victim_in, const U256& most) {
    const amm::Victim unbounded{true, victim_in, U256()};
    const auto reserve = state.reserves(pool, zero_for_one).in;
    // Small ones stand for the slope at nothing, larger ones for where roundings eat that.
    for (const unsigned part : {20u, 14u, 9u, 5u}) {
        const auto front_in = std::min(most, reserve >> part);
        const auto size = play(pool, state, zero_for_one, {&unbounded, 1}, front_in);
        if (size && !eth::is_negative(size->profit) && !eth::is_zero(size->profit)) return true;
    }
    return false;
}

bool near_unknown_ticks(const Pool& pool, const PoolState& state, bool zero_for_one,
                        const U256& amount_in) {
    if (pool.kind != evm::PoolKind::v3 || !state.partial) return false;
    const auto done = amm::v3_swap(state.curve, state.v3,
                                   {.zero_for_one = zero_for_one,
                                    .exact_in = true,
                                    .amount = amount_in + (amount_in >> 3),
                                    .price_limit = {}});
    return !done && done.error() == amm::SwapError::outside_known_ticks;
}

Result<U256, amm::NoSize> largest_front_run(const Pool& pool, const PoolState& state,
                                            bool zero_for_one, const amm::Victim& victim,
                                            const U256& most) {
    if (pool.kind == evm::PoolKind::v2)
        return amm::v2_largest_front_run(zero_for_one ? state.v2 : amm::v2_reversed(state.v2),
                                         victim, most);
    return amm::v3_largest_front_run(state.curve, state.v3, {zero_for_one, victim, {}}, most);
}

std::optional<SandwichSize> best_size(const Pool& pool, const PoolState& state, bool zero_for_one,
                                      std::span<const amm::Victim> victims, const U256& most) {
    if (victims.size() == 1) {
        const auto best =
            pool.kind == evm::PoolKind::v2
                ? amm::v2_best_sandwich(zero_for_one ? state.v2 : amm::v2_reversed(state.v2),
                                        victims[0], most)
                : amm::v3_best_sandwich(state.curve, state.v3, {zero_for_one, victims[0], {}},
                                        most);
        if (!best) return std::nullopt;
        return SandwichSize{best->front_in, best->front_out, best->profit()};
    }
    const auto at = [&](const U256& front) {
        return play(pool, state, zero_for_one, victims, front);
    };
    if (!at(U256())) return std::nullopt;
    const auto edge =
        amm::passing_edge(most >> 1, most, [&](const U256& a) { return at(a).has_value(); });
    const auto profit = [&](const U256& a) {
        const auto sized = at(a);
        return sized ? sized->profit : eth::negate(U256(1) << 190);
    };
    const auto top = amm::golden_section(U256(), edge, (edge >> 20) + U256(1), profit);
    auto best = at(eth::signed_less(profit(edge), profit(top)) ? top : edge);
    if (!best || eth::is_negative(best->profit) || eth::is_zero(best->profit)) return std::nullopt;
    return best;
}

} // namespace viz::search
