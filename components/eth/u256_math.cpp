#include "components/eth/u256_math.hpp"

#include <algorithm>
#include <span>

namespace viz::eth {

namespace {

using Limb = std::uint64_t;

struct Division {
    Limb quotient;
    Limb remainder;
};

// Requires high < divisor. Without the assembly the compiler calls a 128-bit division routine where
// one instruction suffices.
inline Division divide_two_by_one(Limb high, Limb low, Limb divisor) {
#if defined(__x86_64__)
    Division d{};
    __asm__("divq %4" : "=a"(d.quotient), "=d"(d.remainder) : "0"(low), "1"(high), "rm"(divisor));
    return d;
#else
    const Uint128 whole = static_cast<Uint128>(high) << 64 | low;
    return {static_cast<Limb>(whole / divisor), static_cast<Limb>(whole % divisor)};
#endif
}

std::size_t significant(std::span<const Limb> limbs) {
    auto n = limbs.size();
    while (n > 0 && limbs[n - 1] == 0) --n;
    return n;
}

// numerator[0..size+1) -= quotient * divisor; returns true on a borrow.
bool subtract_product(Limb* numerator, std::span<const Limb> divisor, Limb quotient) {
    Limb carry = 0;
    Limb borrow = 0;
    for (std::size_t i = 0; i < divisor.size(); ++i) {
        const Uint128 product = static_cast<Uint128>(quotient) * divisor[i] + carry;
        carry = static_cast<Limb>(product >> 64);
        const Uint128 d = static_cast<Uint128>(numerator[i]) - static_cast<Limb>(product) - borrow;
        numerator[i] = static_cast<Limb>(d);
        borrow = static_cast<Limb>(d >> 64) & 1;
    }
    const Uint128 d = static_cast<Uint128>(numerator[divisor.size()]) - carry - borrow;
    numerator[divisor.size()] = static_cast<Limb>(d);
    return (static_cast<Limb>(d >> 64) & 1) != 0;
}

void add_back(Limb* numerator, std::span<const Limb> divisor) {
    Uint128 carry = 0;
    for (std::size_t i = 0; i < divisor.size(); ++i) {
        carry += static_cast<Uint128>(numerator[i]) + divisor[i];
        numerator[i] = static_cast<Limb>(carry);
        carry >>= 64;
    }
    numerator[divisor.size()] += static_cast<Limb>(carry);
}

// One digit of the quotient, Knuth's algorithm D steps D3 to D6. The divisor is normalised.
Limb quotient_digit(Limb* numerator, std::span<const Limb> divisor) {
    const auto n = divisor.size();
    const Limb top = divisor[n - 1];
    Limb guess = ~Limb{0};
    if (numerator[n] < top) {
        const auto d = divide_two_by_one(numerator[n], numerator[n - 1], top);
        guess = d.quotient;
        Uint128 rest = d.remainder;
        while (rest >> 64 == 0 &&
               static_cast<Uint128>(guess) * divisor[n - 2] > (rest << 64 | numerator[n - 2])) {
            --guess;
            rest += top;
        }
    }
    if (subtract_product(numerator, divisor, guess)) {
        --guess;
        add_back(numerator, divisor);
    }
    return guess;
}

// Divides a numerator (at most 8 limbs) by a divisor of at least two significant limbs. Writes as
// many quotient limbs as `quotient` holds; returns the remainder.
U256 divide_long(std::span<const Limb> numerator, const U256& divisor, std::span<Limb> quotient) {
    const auto n = significant(divisor.limbs);
    const auto m = significant(numerator);
    const auto shift = static_cast<unsigned>(std::countl_zero(divisor.limbs[n - 1]));
    const U256 v = divisor << shift;
    std::array<Limb, 9> u{};
    for (std::size_t i = 0; i < m; ++i) {
        u[i] |= numerator[i] << shift;
        if (shift != 0) u[i + 1] = numerator[i] >> (64 - shift);
    }
    const std::span<const Limb> normalised(v.limbs.data(), n);
    for (std::size_t j = m - n + 1; j-- > 0;) {
        const Limb digit = quotient_digit(u.data() + j, normalised);
        if (j < quotient.size()) quotient[j] = digit;
    }
    U256 rest;
    std::copy_n(u.begin(), n, rest.limbs.begin());
    return rest >> shift;
}

U256 remainder_of(std::span<const Limb> numerator, const U256& m) {
    const auto size = significant(numerator);
    if (m.fits_u64()) {
        Limb rest = 0;
        for (std::size_t i = size; i-- > 0;)
            rest = divide_two_by_one(rest, numerator[i], m.limbs[0]).remainder;
        return {rest};
    }
    if (size < significant(m.limbs)) {
        U256 r;
        std::copy_n(numerator.begin(), size, r.limbs.begin());
        return r;
    }
    return divide_long(numerator, m, {});
}

} // namespace

DivMod div_mod(const U256& dividend, const U256& divisor) {
    if (dividend < divisor) return {U256(), dividend};
    if (divisor.fits_u64()) {
        const Limb d = divisor.limbs[0];
        if (d == 0) return {};
        if (dividend.fits_u64()) return {U256(dividend.limbs[0] / d), U256(dividend.limbs[0] % d)};
        DivMod result;
        Limb rest = 0;
        for (std::size_t i = 4; i-- > 0;) {
            const auto part = divide_two_by_one(rest, dividend.limbs[i], d);
            result.quotient.limbs[i] = part.quotient;
            rest = part.remainder;
        }
        result.remainder = U256(rest);
        return result;
    }
    DivMod result;
    result.remainder = divide_long(dividend.limbs, divisor, result.quotient.limbs);
    return result;
}

U256 operator/(const U256& a, const U256& b) {
    return div_mod(a, b).quotient;
}

U256 operator%(const U256& a, const U256& b) {
    return is_zero(b) ? U256() : div_mod(a, b).remainder;
}

U256 signed_div(const U256& a, const U256& b) {
    const U256 quotient = (is_negative(a) ? negate(a) : a) / (is_negative(b) ? negate(b) : b);
    return is_negative(a) != is_negative(b) ? negate(quotient) : quotient;
}

U256 signed_mod(const U256& a, const U256& b) {
    const U256 rest = (is_negative(a) ? negate(a) : a) % (is_negative(b) ? negate(b) : b);
    return is_negative(a) ? negate(rest) : rest;
}

U256 add_mod(const U256& a, const U256& b, const U256& m) {
    if (is_zero(m)) return {};
    const U256 sum = a + b;
    const bool carry = sum < a;
    if (a < m && b < m) return carry || sum >= m ? sum - m : sum;
    if (!carry) return sum % m;
    const std::array<Limb, 5> wide{sum.limbs[0], sum.limbs[1], sum.limbs[2], sum.limbs[3], 1};
    return remainder_of(wide, m);
}

std::array<std::uint64_t, 8> full_product(const U256& a, const U256& b) {
    std::array<Limb, 8> product{};
    for (std::size_t i = 0; i < 4; ++i) {
        Uint128 carry = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            carry += static_cast<Uint128>(a.limbs[i]) * b.limbs[j] + product[i + j];
            product[i + j] = static_cast<Limb>(carry);
            carry >>= 64;
        }
        product[i + 4] = static_cast<Limb>(carry);
    }
    return product;
}

U256 mul_mod(const U256& a, const U256& b, const U256& m) {
    if (is_zero(m)) return {};
    return remainder_of(full_product(a, b), m);
}

U256 power(U256 base, const U256& exponent) {
    if (base == U256(2)) return shift_left(U256(1), exponent);
    U256 result(1);
    const unsigned bits = 256 - count_leading_zeros(exponent);
    for (unsigned i = 0; i < bits; ++i) {
        if ((exponent.limbs[i / 64] >> (i % 64) & 1) != 0) result = result * base;
        base = base * base;
    }
    return result;
}

} // namespace viz::eth
