#include "components/search/amm/path.hpp"

#include <cassert>

namespace viz::search::amm {

namespace {

template <class... F> struct Either : F... { using F::operator()...; };
template <class... F> Either(F...) -> Either<F...>;

Swap<V3Swap> whole(const V3Hop& hop, bool exact_in, const U256& amount) {
    auto s = v3_swap(*hop.curve, hop.state, {hop.zero_for_one, exact_in, amount, std::nullopt});
    if (s && !s->complete) return Failure{SwapError::insufficient_liquidity};
    return s;
}

} // namespace

Swap<U256> hop_out(const Hop& hop, const U256& amount_in) {
    return std::visit(Either{[&](const V2Side& side) { return v2_amount_out(side, amount_in); },
                             [&](const V3Hop& v3) -> Swap<U256> {
                                 const auto s = whole(v3, true, amount_in);
                                 if (!s) return Failure{s.error()};
                                 return s->amount_out;
                             }},
                      hop);
}

Swap<U256> hop_in(const Hop& hop, const U256& amount_out) {
    return std::visit(Either{[&](const V2Side& side) { return v2_least_in(side, amount_out); },
                             [&](const V3Hop& v3) -> Swap<U256> {
                                 const auto s = whole(v3, false, amount_out);
                                 if (!s) return Failure{s.error()};
                                 return s->amount_in;
                             }},
                      hop);
}

Swap<U256> path_out(std::span<const Hop> path, const U256& amount_in) {
    if (path.empty()) return Failure{SwapError::empty_path};
    auto amount = amount_in;
    for (const auto& hop : path) {
        const auto out = hop_out(hop, amount);
        if (!out) return out;
        amount = *out;
    }
    return amount;
}

Swap<U256> path_in(std::span<const Hop> path, const U256& amount_out) {
    if (path.empty()) return Failure{SwapError::empty_path};
    auto amount = amount_out;
    for (auto hop = path.rbegin(); hop != path.rend(); ++hop) {
        const auto in = hop_in(*hop, amount);
        if (!in) return in;
        amount = *in;
    }
    return amount;
}

Swap<Victim> victim_at(std::span<const Hop> path, std::size_t index, const Victim& victim) {
    if (index >= path.size()) return Failure{SwapError::empty_path};
    const auto before = path.first(index);
    const auto after = path.subspan(index + 1);
    Victim here = victim;
    if (victim.exact_in) {
        if (!before.empty()) {
            const auto amount = path_out(before, victim.amount);
            if (!amount) return Failure{amount.error()};
            here.amount = *amount;
        }
        if (!after.empty() && !eth::is_zero(victim.bound)) {
            const auto bound = path_in(after, victim.bound);
            if (!bound) return Failure{bound.error()};
            here.bound = *bound;
        }
        return here;
    }
    // Exact out: the hops behind fix what is wanted here, those before what may be paid here.
    for (auto hop = after.rbegin(); hop != after.rend(); ++hop) {
        const auto* side = std::get_if<V2Side>(&*hop);
        const auto in =
            side != nullptr ? v2_amount_in(*side, here.amount) : hop_in(*hop, here.amount);
        if (!in) return Failure{in.error()};
        here.amount = *in;
    }
    if (!before.empty()) {
        const auto bound = path_out(before, victim.bound);
        if (!bound) return Failure{bound.error()};
        here.bound = *bound;
    }
    return here;
}

VirtualReserves virtual_reserves(const V3State& state, bool zero_for_one) {
    const auto liquidity = from_u128(state.liquidity);
    const auto reserve0 = (liquidity << 96) / state.sqrt_price;
    const auto reserve1 = mul_div(liquidity, state.sqrt_price, U256(1) << 96).value_or(U256());
    return zero_for_one ? VirtualReserves{reserve0, reserve1} : VirtualReserves{reserve1, reserve0};
}

} // namespace viz::search::amm
