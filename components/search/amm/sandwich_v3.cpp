#include <algorithm>

#include "components/search/amm/path.hpp"
#include "components/search/amm/sandwich.hpp"

namespace viz::search::amm {

namespace {

struct Three {
    const V3Curve& curve;
    const V3State& state;
    const V3Victim& victim;

    Swap<V3Swap> swap(const V3State& at, bool zero_for_one, const U256& amount) const {
        return v3_swap(curve, at, {zero_for_one, true, amount, std::nullopt});
    }
    // What a router asks of it. A swap that its own price limit stops must still bring its least.
    std::optional<V3Swap> victim_after(const V3State& at) const {
        const auto& v = victim.swap;
        const auto s =
            v3_swap(curve, at, {victim.zero_for_one, v.exact_in, v.amount, victim.price_limit});
        if (!s) return std::nullopt;
        const bool kept =
            v.exact_in ? s->amount_out >= v.bound : s->complete && s->amount_in <= v.bound;
        return kept ? std::optional(*s) : std::nullopt;
    }
    bool keeps_bound(const U256& front_in) const {
        if (eth::is_zero(front_in)) return victim_after(state).has_value();
        const auto front = swap(state, victim.zero_for_one, front_in);
        return front && front->complete && victim_after(front->after).has_value();
    }

    // In one range the pool is a constant product of virtual reserves R0 (in) and R1 with the fee
    // outside: after it, R0' solves R0'^2 + g v R0' - L^2 g v / m = 0 and a = (R0' - R0) / g.
    U256 closed_form(const U256& most) const {
        const auto& v = victim.swap;
        const auto& paid = v.exact_in ? v.amount : v.bound;
        const auto& got = v.exact_in ? v.bound : v.amount;
        if (eth::is_zero(got) || state.liquidity == 0 || paid > max_of_bits(127)) return most;
        const U256 counted(kMillionth - curve.fee_pips);
        const auto gv = paid * counted / U256(kMillionth);
        const auto [in, out] = virtual_reserves(state, victim.zero_for_one);
        const auto rest = mul_div(in * gv, out, got);
        if (!rest || in > max_of_bits(128) || *rest > max_of_bits(253)) return most;
        const auto root = isqrt(product(gv, gv) + U512(*rest << 2));
        if (root <= gv) return {};
        const auto reached = (root - gv) >> 1;
        return reached <= in ? U256() : (reached - in) * U256(kMillionth) / counted;
    }

    // How far the victim is from its bound, in two's complement; nothing where a swap fails.
    std::optional<U256> margin(const U256& front_in) const {
        const auto& v = victim.swap;
        const auto front = swap(state, victim.zero_for_one, front_in);
        if (!front || !front->complete) return std::nullopt;
        const auto s = v3_swap(curve, front->after,
                               {victim.zero_for_one, v.exact_in, v.amount, victim.price_limit});
        if (!s || (!v.exact_in && !s->complete)) return std::nullopt;
        return v.exact_in ? s->amount_out - v.bound : v.bound - s->amount_in;
    }

    // Across ranges the closed form is only near: a few secant steps on the margin lead closer.
    U256 nearer(U256 at, const U256& most) const {
        constexpr int kSteps = 6;
        const U256 close(8);
        if (at > most) at = most;
        auto before = at - (at >> 8);
        if (before == at) return at;
        auto margin_before = margin(before);
        for (int i = 0; i < kSteps; ++i) {
            const auto now = margin(at);
            if (!now || !margin_before || size(*now) <= close) return at;
            const auto change = *now - *margin_before;
            const auto distance = mul_div(size(*now), size(at - before), size(change));
            if (!distance) return at;
            // With a larger front-run the margin falls.
            const bool up = !eth::is_negative(*now);
            if (!up && *distance >= at) return at;
            before = at;
            margin_before = now;
            at = up ? (most - at > *distance ? at + *distance : most) : at - *distance;
            if (at == before) return at;
        }
        return at;
    }
    static U256 size(const U256& v) { return eth::is_negative(v) ? eth::negate(v) : v; }
};

} // namespace

Result<U256, NoSize> v3_largest_front_run(const V3Curve& curve, const V3State& state,
                                          const V3Victim& victim, const U256& most) {
    const Three three{curve, state, victim};
    if (!three.keeps_bound(U256())) return Failure{NoSize::victim_fails};
    const auto limit = std::min(most, max_of_bits(128));
    return passing_edge(three.nearer(three.closed_form(limit), limit), limit,
                        [&](const U256& a) { return three.keeps_bound(a); });
}

Result<Sandwich, NoSize> v3_sandwich(const V3Curve& curve, const V3State& state,
                                     const V3Victim& victim, const U256& front_in) {
    const Three three{curve, state, victim};
    if (eth::is_zero(front_in)) return Failure{NoSize::not_profitable};
    const auto front = three.swap(state, victim.zero_for_one, front_in);
    if (!front || !front->complete) return Failure{NoSize::victim_fails};
    const auto middle = three.victim_after(front->after);
    if (!middle) return Failure{NoSize::victim_fails};
    if (eth::is_zero(front->amount_out)) return Failure{NoSize::not_profitable};
    const auto back = three.swap(middle->after, !victim.zero_for_one, front->amount_out);
    if (!back || !back->complete) return Failure{NoSize::not_profitable};
    return Sandwich{front_in, front->amount_out, middle->amount_in, middle->amount_out,
                    back->amount_out};
}

Result<Sandwich, NoSize> v3_best_sandwich(const V3Curve& curve, const V3State& state,
                                          const V3Victim& victim, const U256& most) {
    const auto largest = v3_largest_front_run(curve, state, victim, most);
    if (!largest) return Failure{largest.error()};
    const auto profit = [&](const U256& a) {
        const auto s = v3_sandwich(curve, state, victim, a);
        return s ? s->profit() : eth::negate(U256(1));
    };
    auto top = *largest;
    // A little less is worth more only where the victim's bound hardly binds.
    const auto little = std::max(top >> 8, U256(1));
    if (little < top && eth::signed_less(profit(top), profit(top - little)))
        top = golden_section(U256(), top, top >> 40, profit);
    const auto best = v3_sandwich(curve, state, victim, top);
    if (!best) return best;
    if (eth::is_negative(best->profit()) || eth::is_zero(best->profit()))
        return Failure{NoSize::not_profitable};
    return best;
}

} // namespace viz::search::amm
