#include "components/search/amm/v3_step.hpp"

namespace viz::search::amm {

namespace {

constexpr unsigned kPriceBits = 160;
const U256 kQ96 = U256(1) << 96;

Swap<U256> value_or_overflow(const std::optional<U256>& value) {
    if (!value) return Failure{SwapError::overflow};
    return *value;
}

// Amount of token0 in or out: price' = L * price / (L +- amount * price), rounded up.
Swap<U256> price_by_amount0(const U256& price, Uint128 liquidity, const U256& amount, bool add) {
    if (eth::is_zero(amount)) return price;
    const auto scaled = from_u128(liquidity) << 96;
    const auto moved = eth::checked_mul(amount, price);
    if (!add) {
        if (!moved || scaled <= *moved) return Failure{SwapError::output_unreachable};
        const auto next = mul_div_up(scaled, price, scaled - *moved);
        if (!next || *next > max_of_bits(kPriceBits)) return Failure{SwapError::output_unreachable};
        return *next;
    }
    if (moved)
        if (const auto denominator = eth::checked_add(scaled, *moved))
            return value_or_overflow(mul_div_up(scaled, price, *denominator));
    // The product does not fit: the same, less precise.
    const auto denominator = eth::checked_add(scaled / price, amount);
    if (!denominator) return Failure{SwapError::overflow};
    return div_up(scaled, *denominator);
}

// Amount of token1 in or out: price' = price +- amount / L, rounded down.
Swap<U256> price_by_amount1(const U256& price, Uint128 liquidity, const U256& amount, bool add) {
    const auto divisor = from_u128(liquidity);
    if (add) {
        const auto moved = mul_div(amount, kQ96, divisor);
        if (!moved) return Failure{SwapError::overflow};
        const auto next = eth::checked_add(price, *moved);
        if (!next || *next > max_of_bits(kPriceBits)) return Failure{SwapError::overflow};
        return *next;
    }
    const auto moved = mul_div_up(amount, kQ96, divisor);
    if (!moved || price <= *moved) return Failure{SwapError::output_unreachable};
    return price - *moved;
}

Swap<U256> amount_between(bool token0, const U256& a, const U256& b, Uint128 liquidity,
                          Rounding rounding) {
    return token0 ? amount0_between(a, b, liquidity, rounding)
                  : amount1_between(a, b, liquidity, rounding);
}

} // namespace

Swap<U256> amount0_between(const U256& a, const U256& b, Uint128 liquidity, Rounding rounding) {
    const U256& low = a < b ? a : b;
    const U256& high = a < b ? b : a;
    if (eth::is_zero(low)) return Failure{SwapError::overflow};
    const auto scaled = from_u128(liquidity) << 96;
    const auto whole = rounding == Rounding::up ? mul_div_up(scaled, high - low, high)
                                                : mul_div(scaled, high - low, high);
    if (!whole) return Failure{SwapError::overflow};
    return rounding == Rounding::up ? div_up(*whole, low) : *whole / low;
}

Swap<U256> amount1_between(const U256& a, const U256& b, Uint128 liquidity, Rounding rounding) {
    const auto distance = a < b ? b - a : a - b;
    const auto amount = from_u128(liquidity);
    return value_or_overflow(rounding == Rounding::up ? mul_div_up(amount, distance, kQ96)
                                                      : mul_div(amount, distance, kQ96));
}

Swap<U256> price_after_input(const U256& price, Uint128 liquidity, const U256& amount,
                             bool zero_for_one) {
    return zero_for_one ? price_by_amount0(price, liquidity, amount, true)
                        : price_by_amount1(price, liquidity, amount, true);
}

Swap<U256> price_after_output(const U256& price, Uint128 liquidity, const U256& amount,
                              bool zero_for_one) {
    return zero_for_one ? price_by_amount1(price, liquidity, amount, false)
                        : price_by_amount0(price, liquidity, amount, false);
}

Swap<V3Step> v3_step(const U256& start, const U256& target, Uint128 liquidity,
                     const U256& remaining, bool exact_in, std::uint32_t fee_pips) {
    const bool down = start >= target;
    const U256 counted(kMillionth - fee_pips);
    const auto usable = exact_in ? mul_div(remaining, counted, U256(kMillionth)) : remaining;
    if (!usable) return Failure{SwapError::overflow};
    // The side that is given: what reaching the target takes (or gives) of it.
    const auto whole = amount_between(down == exact_in, start, target, liquidity,
                                      exact_in ? Rounding::up : Rounding::down);
    if (!whole) return Failure{whole.error()};
    V3Step step;
    step.price = target;
    if (*usable < *whole) {
        const auto next = exact_in ? price_after_input(start, liquidity, *usable, down)
                                   : price_after_output(start, liquidity, *usable, down);
        if (!next) return Failure{next.error()};
        step.price = *next;
    }
    const bool reached = step.price == target;
    const auto in = reached && exact_in
                        ? whole
                        : amount_between(down, start, step.price, liquidity, Rounding::up);
    if (!in) return Failure{in.error()};
    const auto out = reached && !exact_in
                         ? whole
                         : amount_between(!down, start, step.price, liquidity, Rounding::down);
    if (!out) return Failure{out.error()};
    step.amount_in = *in;
    step.amount_out = !exact_in && *out > remaining ? remaining : *out;
    if (exact_in && !reached) {
        step.fee = remaining - step.amount_in;
    } else {
        const auto fee = mul_div_up(step.amount_in, U256(fee_pips), counted);
        if (!fee) return Failure{SwapError::overflow};
        step.fee = *fee;
    }
    return step;
}

} // namespace viz::search::amm
