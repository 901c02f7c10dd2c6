#include <algorithm>

#include "components/search/amm/path.hpp"

namespace viz::search::amm {

namespace {

constexpr unsigned kCoefficientBits = 254;

// f(x) = a x / (b + c x)
struct Moebius {
    U256 a;
    U256 b;
    U256 c;
};

Moebius of(const Hop& hop) {
    if (const auto* side = std::get_if<V2Side>(&hop)) {
        const U256 n(side->fee.numerator);
        return {n * side->reserve_out, U256(side->fee.denominator) * side->reserve_in, n};
    }
    const auto& v3 = std::get<V3Hop>(hop);
    const auto [in, out] = virtual_reserves(v3.state, v3.zero_for_one);
    const U256 counted(kMillionth - v3.curve->fee_pips);
    return {counted * out, U256(kMillionth) * in, counted};
}

// `then` after `first`. Only the coefficients' ratios matter: they are cut to what fits, all by
// the same number of bits; two V2 pairs always fit.
Moebius compose(const Moebius& first, const Moebius& then) {
    const auto a = product(first.a, then.a);
    const auto b = product(first.b, then.b);
    const auto c = product(first.c, then.b) + product(then.c, first.a);
    const auto longest = std::max({bit_length(a), bit_length(b), bit_length(c)});
    const auto cut = longest > kCoefficientBits ? longest - kCoefficientBits : 0;
    return {low_u256(a >> cut), low_u256(b >> cut), low_u256(c >> cut)};
}

class CycleSearch {
  public:
    CycleSearch(std::span<const Hop> path, const U256& most) : path_(path), most_(most) {}

    Result<Cycle, NoSize> run() {
        const auto seed = first_guess();
        if (!seed) return Failure{NoSize::not_profitable};
        auto top = std::clamp(*seed, U256(1), most_);
        if (!in_one_range(top)) top = search(top);
        polish(top);
        if (!found_) return Failure{NoSize::not_profitable};
        return best_;
    }

  private:
    // Nothing where even the first unit loses.
    std::optional<U256> first_guess() const {
        if (!all_have_liquidity()) return best_power_of_two();
        auto whole = of(path_.front());
        for (const auto& hop : path_.subspan(1)) whole = compose(whole, of(hop));
        if (whole.a <= whole.b) return std::nullopt;
        if (eth::is_zero(whole.c)) return most_;
        return (isqrt(product(whole.a, whole.b)) - whole.b) / whole.c;
    }

    bool all_have_liquidity() const {
        return std::all_of(path_.begin(), path_.end(), [](const Hop& hop) {
            const auto* v3 = std::get_if<V3Hop>(&hop);
            return v3 == nullptr || v3->state.liquidity != 0;
        });
    }

    // Where a price stands outside of all positions there is no formula to begin with.
    std::optional<U256> best_power_of_two() const {
        std::optional<U256> best;
        for (unsigned bit = 0; bit < 128; ++bit) {
            const auto amount = U256(1) << bit;
            const auto gain = profit(amount);
            if (eth::is_negative(gain)) continue;
            if (!best || gain > profit(*best)) best = amount;
        }
        return best;
    }

    // Losing amounts and such as do not go through are all the same, but still fall outwards.
    U256 profit(const U256& amount) const {
        const auto out = path_out(path_, amount);
        return out ? *out - amount : eth::negate(amount);
    }

    bool in_one_range(const U256& amount) const {
        auto in = amount;
        for (const auto& hop : path_) {
            const auto* v3 = std::get_if<V3Hop>(&hop);
            if (v3 != nullptr) {
                const auto s =
                    v3_swap(*v3->curve, v3->state, {v3->zero_for_one, true, in, std::nullopt});
                if (!s || s->steps != 1) return false;
            }
            const auto out = hop_out(hop, in);
            if (!out) return false;
            in = *out;
        }
        return true;
    }

    U256 search(const U256& from) const {
        auto high = from;
        while (high < most_) {
            const auto next = std::min(high << 1, most_);
            const bool rises = eth::signed_less(profit(high), profit(next));
            high = next;
            if (!rises) break;
        }
        auto low = from;
        while (!eth::is_zero(low)) {
            const auto next = low >> 1;
            const bool rises = eth::is_zero(next) || eth::signed_less(profit(low), profit(next));
            low = next;
            if (!rises) break;
        }
        // Near the top profit falls with the square of the distance.
        return golden_section(low, high, high >> 40, [&](const U256& a) { return profit(a); });
    }

    void consider(const U256& amount) {
        if (amount > most_ || eth::is_zero(amount)) return;
        const auto out = path_out(path_, amount);
        if (!out || *out <= amount) return;
        const Cycle cycle{amount, *out};
        if (found_ && cycle.profit() <= best_.profit()) return;
        best_ = cycle;
        found_ = true;
    }

    // Rounding makes stairs of each hop: try the cheapest inputs for the amounts around, after the
    // first hop and at the end.
    void polish(const U256& top) {
        constexpr int kAround = 8;
        consider(top);
        for (const std::size_t hops : {std::size_t{1}, path_.size()}) {
            const auto part = path_.first(hops);
            const auto reached = path_out(part, top);
            if (!reached) continue;
            for (int i = -kAround; i <= kAround; ++i) {
                const U256 step(static_cast<std::uint64_t>(i < 0 ? -i : i));
                if (i < 0 && *reached <= step) continue;
                const auto in = path_in(part, i < 0 ? *reached - step : *reached + step);
                if (in) consider(*in);
            }
        }
    }

    std::span<const Hop> path_;
    U256 most_;
    Cycle best_;
    bool found_{};
};

} // namespace

Result<Cycle, NoSize> best_cycle(std::span<const Hop> path, const U256& most) {
    if (path.empty() || eth::is_zero(most)) return Failure{NoSize::not_profitable};
    return CycleSearch(path, std::min(most, max_of_bits(128))).run();
}

} // namespace viz::search::amm
