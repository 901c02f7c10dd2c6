#include "components/search/amm/v2.hpp"

#include <cassert>

namespace viz::search::amm {

namespace {

bool empty(const V2Side& side) {
    return eth::is_zero(side.reserve_in) || eth::is_zero(side.reserve_out);
}

constexpr U256 kMaxReserve = max_of_bits(kV2ReserveBits);

} // namespace

Swap<U256> v2_amount_out(const V2Side& side, const U256& amount_in) {
    if (eth::is_zero(amount_in)) return Failure{SwapError::zero_amount};
    if (empty(side)) return Failure{SwapError::insufficient_liquidity};
    // The reserves' 112 bits and the denominator's 20 leave one product that may not fit.
    const auto counted = eth::checked_mul(amount_in, U256(side.fee.numerator));
    if (!counted) return Failure{SwapError::overflow};
    const auto numerator = eth::checked_mul(*counted, side.reserve_out);
    if (!numerator) return Failure{SwapError::overflow};
    const auto denominator =
        eth::checked_add(side.reserve_in * U256(side.fee.denominator), *counted);
    if (!denominator) return Failure{SwapError::overflow};
    return *numerator / *denominator;
}

Swap<U256> v2_amount_in(const V2Side& side, const U256& amount_out) {
    if (eth::is_zero(amount_out)) return Failure{SwapError::zero_amount};
    if (empty(side) || amount_out >= side.reserve_out)
        return Failure{SwapError::insufficient_liquidity};
    const auto numerator = side.reserve_in * amount_out * U256(side.fee.denominator);
    const auto denominator = (side.reserve_out - amount_out) * U256(side.fee.numerator);
    return numerator / denominator + U256(1);
}

Swap<U256> v2_least_in(const V2Side& side, const U256& amount_out) {
    auto amount = v2_amount_in(side, amount_out);
    if (!amount) return amount;
    const auto less = *amount - U256(1);
    const auto out = v2_amount_out(side, less);
    if (out && *out >= amount_out) return less;
    return amount;
}

std::optional<SwapError> v2_refusal(const V2Side& side, const U256& amount_in,
                                    const U256& amount_out) {
    if (eth::is_zero(amount_out)) return SwapError::zero_amount;
    if (amount_out >= side.reserve_out) return SwapError::insufficient_liquidity;
    if (eth::is_zero(amount_in)) return SwapError::zero_amount;
    const U256 d(side.fee.denominator);
    const U256 kept(side.fee.denominator - side.fee.numerator);
    const auto balance_in = eth::checked_add(side.reserve_in, amount_in);
    if (!balance_in) return SwapError::overflow;
    const auto scaled = eth::checked_mul(*balance_in, d);
    if (!scaled) return SwapError::overflow;
    // What is kept of the input is less than the whole balance scaled.
    const auto paid =
        eth::checked_mul(*scaled - amount_in * kept, (side.reserve_out - amount_out) * d);
    if (!paid) return SwapError::overflow;
    if (*paid < side.reserve_in * side.reserve_out * (d * d)) return SwapError::invariant;
    if (*balance_in > kMaxReserve) return SwapError::reserve_overflow;
    return std::nullopt;
}

V2Side v2_after(const V2Side& side, const U256& amount_in, const U256& amount_out) {
    return {side.reserve_in + amount_in, side.reserve_out - amount_out, side.fee};
}

V2Side v2_reversed(const V2Side& side) {
    return {side.reserve_out, side.reserve_in, side.fee};
}

Swap<U256> v2_amounts_out(std::span<const V2Side> sides, const U256& amount_in,
                          std::span<U256> amounts) {
    assert(amounts.size() == sides.size() + 1);
    if (sides.empty()) return Failure{SwapError::empty_path};
    amounts[0] = amount_in;
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const auto out = v2_amount_out(sides[i], amounts[i]);
        if (!out) return out;
        amounts[i + 1] = *out;
    }
    return amounts.back();
}

Swap<U256> v2_amounts_in(std::span<const V2Side> sides, const U256& amount_out,
                         std::span<U256> amounts) {
    assert(amounts.size() == sides.size() + 1);
    if (sides.empty()) return Failure{SwapError::empty_path};
    amounts.back() = amount_out;
    for (std::size_t i = sides.size(); i-- > 0;) {
        const auto in = v2_amount_in(sides[i], amounts[i + 1]);
        if (!in) return in;
        amounts[i] = *in;
    }
    return amounts.front();
}

} // namespace viz::search::amm
