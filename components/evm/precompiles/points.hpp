// Points of y^2 = x^3 + b over any field, and scalar multiplication. The formulas are those of the
// Explicit-Formulas Database for a = 0 in Jacobian coordinates, except where they replace a product
// by a square: a square costs the same here, and the extra additions cost more.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/evm/precompiles/field.hpp"

namespace viz::evm::precompiles {

template <class F> struct AffinePoint {
    F x, y;
    bool infinity = true;

    static constexpr AffinePoint at(const F& x, const F& y) { return {x, y, false}; }
    constexpr AffinePoint operator-() const { return {x, -y, infinity}; }
    friend constexpr bool operator==(const AffinePoint& a, const AffinePoint& b) {
        return a.infinity == b.infinity && (a.infinity || (a.x == b.x && a.y == b.y));
    }
    constexpr bool is_on_curve(const F& b) const {
        return infinity || y.squared() == x.squared() * x + b;
    }
};

template <class F> struct JacobianPoint {
    F x, y, z; // x / z^2, y / z^3; z is zero at infinity

    constexpr JacobianPoint() = default;
    constexpr JacobianPoint(const F& px, const F& py, const F& pz) : x(px), y(py), z(pz) {}
    constexpr JacobianPoint(const AffinePoint<F>& p) : x(p.x), y(p.y) {
        if (!p.infinity) z = F::one();
    }

    constexpr bool is_infinity() const { return z.is_zero(); }
    constexpr JacobianPoint operator-() const { return {x, -y, z}; }

    AffinePoint<F> to_affine() const {
        if (is_infinity()) return {};
        const auto inverse = z.inverse();
        const auto squared = inverse.squared();
        return AffinePoint<F>::at(x * squared, y * squared * inverse);
    }

    // dbl-2009-l
    constexpr JacobianPoint doubled() const {
        const auto a = x.squared();
        const auto b = y.squared();
        const auto c = b.squared();
        const auto d = (x * b).doubled().doubled();
        const auto e = a.doubled() + a;
        const auto x3 = e.squared() - d.doubled();
        return {x3, e * (d - x3) - c.doubled().doubled().doubled(), (y * z).doubled()};
    }

    // add-2007-bl
    friend constexpr JacobianPoint operator+(const JacobianPoint& p, const JacobianPoint& q) {
        if (p.is_infinity()) return q;
        if (q.is_infinity()) return p;
        const auto z1z1 = p.z.squared();
        const auto z2z2 = q.z.squared();
        const auto u1 = p.x * z2z2;
        const auto u2 = q.x * z1z1;
        const auto s1 = p.y * q.z * z2z2;
        const auto s2 = q.y * p.z * z1z1;
        if (u1 == u2) return s1 == s2 ? p.doubled() : JacobianPoint();
        const auto h = u2 - u1;
        const auto i = h.doubled().squared();
        const auto j = h * i;
        const auto r = (s2 - s1).doubled();
        const auto v = u1 * i;
        const auto x3 = r.squared() - j - v.doubled();
        return {x3, r * (v - x3) - (s1 * j).doubled(), (p.z * q.z).doubled() * h};
    }

    friend constexpr JacobianPoint operator+(const JacobianPoint& p, const AffinePoint<F>& q) {
        if (q.infinity) return p;
        if (p.is_infinity()) return q;
        const auto z1z1 = p.z.squared();
        const auto h = q.x * z1z1 - p.x;
        const auto s2 = q.y * p.z * z1z1;
        if (h.is_zero()) return p.y == s2 ? p.doubled() : JacobianPoint();
        return p.plus(h, s2);
    }

    // The sum of two finite points that are neither equal nor opposite; the result's z is this
    // point's z times the ratio.
    constexpr JacobianPoint plus_other(const AffinePoint<F>& q, F& ratio) const {
        const auto z1z1 = z.squared();
        const auto h = q.x * z1z1 - x;
        ratio = h.doubled();
        return plus(h, q.y * z * z1z1);
    }

    // Whether both are the same point, in any coordinates.
    friend constexpr bool operator==(const JacobianPoint& p, const JacobianPoint& q) {
        if (p.is_infinity() || q.is_infinity()) return p.is_infinity() == q.is_infinity();
        const auto z1z1 = p.z.squared();
        const auto z2z2 = q.z.squared();
        return p.x * z2z2 == q.x * z1z1 && p.y * q.z * z2z2 == q.y * p.z * z1z1;
    }

  private:
    // madd-2007-bl, with its h and s2 as arguments.
    constexpr JacobianPoint plus(const F& h, const F& s2) const {
        const auto hh = h.squared();
        const auto i = hh.doubled().doubled();
        const auto j = h * i;
        const auto r = (s2 - y).doubled();
        const auto v = x * i;
        const auto x3 = r.squared() - j - v.doubled();
        return {x3, r * (v - x3) - (y * j).doubled(), (z * h).doubled()};
    }
};

// A scalar in signed odd digits below 16 in magnitude, at most one nonzero digit in five
// consecutive positions (width-5 non-adjacent form): sum of digit[i] 2^i.
template <std::size_t N> struct SignedDigits {
    std::array<std::int8_t, 64 * N + 1> digit{};
    std::size_t size = 0; // positions up to the highest digit

    explicit SignedDigits(Limbs<N> scalar) {
        bool carry = false; // from a negative digit, into bit i
        for (std::size_t i = 0; i <= 64 * N; ++i) {
            const bool bit = i < 64 * N && (scalar[i / 64] >> (i % 64) & 1) != 0;
            if (bit == carry) continue; // even remainder: digit 0, the carry remains
            int value = 0;
            for (std::size_t k = 0; k < 5 && i + k < 64 * N; ++k)
                value |= static_cast<int>(scalar[(i + k) / 64] >> ((i + k) % 64) & 1) << k;
            value += carry ? 1 : 0;
            carry = value >= 16;
            digit[i] = static_cast<std::int8_t>(carry ? value - 32 : value);
            size = i + 1;
            i += 4;
        }
    }
};

// P, 3P, .. 15P.
template <class F> std::array<JacobianPoint<F>, 8> odd_multiples(const JacobianPoint<F>& p) {
    std::array<JacobianPoint<F>, 8> table;
    table[0] = p;
    const auto twice = p.doubled();
    for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] + twice;
    return table;
}

template <class Point> Point digit_of(const std::array<Point, 8>& table, int digit) {
    return digit > 0 ? table[static_cast<std::size_t>(digit) / 2]
                     : -table[static_cast<std::size_t>(-digit) / 2];
}

template <class F, std::size_t N>
JacobianPoint<F> multiply(const JacobianPoint<F>& p, const Limbs<N>& scalar) {
    const SignedDigits<N> digits(scalar);
    const auto table = odd_multiples(p);
    JacobianPoint<F> sum;
    for (std::size_t i = digits.size; i-- > 0;) {
        sum = sum.doubled();
        if (digits.digit[i] != 0) sum = sum + digit_of(table, digits.digit[i]);
    }
    return sum;
}

// Double-and-add, for scalars with few set bits.
template <class F> JacobianPoint<F> multiply_sparse(const JacobianPoint<F>& p, std::uint64_t k) {
    JacobianPoint<F> sum;
    for (int i = 64 - std::countl_zero(k); i-- > 0;) {
        sum = sum.doubled();
        if ((k >> i & 1) != 0) sum = sum + p;
    }
    return sum;
}

} // namespace viz::evm::precompiles
