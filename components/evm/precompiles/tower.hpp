// The extension fields of a pairing (Devegili et al., "Multiplication and squaring on
// pairing-friendly fields", 2006): Fp2 = Fp[u]/(u^2 + 1), Fp6 = Fp2[v]/(v^3 - xi),
// Fp12 = Fp6[w]/(w^2 - v), so that w^6 = xi.
#pragma once

#include <array>
#include <cstddef>

#include "components/evm/precompiles/field.hpp"

namespace viz::evm::precompiles {

template <class F> struct Quadratic {
    F c0, c1; // c0 + c1 u

    static constexpr Quadratic one() { return {F::one(), F()}; }
    constexpr bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
    friend constexpr bool operator==(const Quadratic&, const Quadratic&) = default;

    friend constexpr Quadratic operator+(const Quadratic& a, const Quadratic& b) {
        return {a.c0 + b.c0, a.c1 + b.c1};
    }
    friend constexpr Quadratic operator-(const Quadratic& a, const Quadratic& b) {
        return {a.c0 - b.c0, a.c1 - b.c1};
    }
    constexpr Quadratic operator-() const { return {-c0, -c1}; }
    friend constexpr Quadratic operator*(const Quadratic& a, const Quadratic& b) {
        return {F::sum_of_products(a.c0, b.c0, a.c1, -b.c1),
                F::sum_of_products(a.c0, b.c1, a.c1, b.c0)};
    }
    friend constexpr Quadratic operator*(const Quadratic& a, const F& b) {
        return {a.c0 * b, a.c1 * b};
    }
    constexpr Quadratic squared() const { return {(c0 + c1) * (c0 - c1), (c0 * c1).doubled()}; }
    constexpr Quadratic doubled() const { return {c0.doubled(), c1.doubled()}; }
    constexpr Quadratic conjugate() const { return {c0, -c1}; }
    // Returns zero for zero.
    Quadratic inverse() const {
        const F scale = F::sum_of_products(c0, c0, c1, c1).inverse();
        return {c0 * scale, -(c1 * scale)};
    }

    template <std::size_t M> constexpr Quadratic power(const Limbs<M>& exponent) const {
        Quadratic result = one();
        for (std::size_t i = 64 * M; i-- > 0;) {
            result = result.squared();
            if ((exponent[i / 64] >> (i % 64) & 1) != 0) result = result * *this;
        }
        return result;
    }
};

// Curve provides `using Fp`, and `static Quadratic<Fp> times_xi(const Quadratic<Fp>&)`.
template <class Curve> struct Cubic {
    using Fp2 = Quadratic<typename Curve::Fp>;
    Fp2 c0, c1, c2; // c0 + c1 v + c2 v^2

    static constexpr Cubic one() { return {Fp2::one(), {}, {}}; }
    friend constexpr bool operator==(const Cubic&, const Cubic&) = default;

    friend constexpr Cubic operator+(const Cubic& a, const Cubic& b) {
        return {a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2};
    }
    friend constexpr Cubic operator-(const Cubic& a, const Cubic& b) {
        return {a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2};
    }
    constexpr Cubic operator-() const { return {-c0, -c1, -c2}; }

    friend constexpr Cubic operator*(const Cubic& a, const Cubic& b) {
        const auto v0 = a.c0 * b.c0;
        const auto v1 = a.c1 * b.c1;
        const auto v2 = a.c2 * b.c2;
        return {v0 + Curve::times_xi((a.c1 + a.c2) * (b.c1 + b.c2) - v1 - v2),
                (a.c0 + a.c1) * (b.c0 + b.c1) - v0 - v1 + Curve::times_xi(v2),
                (a.c0 + a.c2) * (b.c0 + b.c2) - v0 - v2 + v1};
    }
    friend constexpr Cubic operator*(const Cubic& a, const Fp2& b) {
        return {a.c0 * b, a.c1 * b, a.c2 * b};
    }
    // Multiplies by b0 + b1 v.
    constexpr Cubic times_01(const Fp2& b0, const Fp2& b1) const {
        const auto v0 = c0 * b0;
        const auto v1 = c1 * b1;
        return {v0 + Curve::times_xi((c1 + c2) * b1 - v1), (c0 + c1) * (b0 + b1) - v0 - v1,
                c2 * b0 + v1};
    }
    // Multiplies by b1 v.
    constexpr Cubic times_1(const Fp2& b1) const {
        return {Curve::times_xi(c2 * b1), c0 * b1, c1 * b1};
    }
    constexpr Cubic times_v() const { return {Curve::times_xi(c2), c0, c1}; }

    Cubic inverse() const {
        const auto t0 = c0.squared() - Curve::times_xi(c1 * c2);
        const auto t1 = Curve::times_xi(c2.squared()) - c0 * c1;
        const auto t2 = c1.squared() - c0 * c2;
        const auto norm = c0 * t0 + Curve::times_xi(c2 * t1 + c1 * t2);
        const auto scale = norm.inverse();
        return {t0 * scale, t1 * scale, t2 * scale};
    }
};

// Curve also provides `static const FrobeniusFactors<Fp>& frobenius()`.
template <class Fp> struct FrobeniusFactors {
    // (w^i)^p = first[i] w^i and (w^i)^(p^2) = second[i] w^i.
    std::array<Quadratic<Fp>, 6> first;
    std::array<Fp, 6> second;

    explicit FrobeniusFactors(const Quadratic<Fp>& xi) {
        auto less_one = Fp::kModulus;
        less_one[0] -= 1;
        const auto step = xi.power(divided(less_one, 6)); // w^(p-1)
        first[0] = Quadratic<Fp>::one();
        for (std::size_t i = 1; i < 6; ++i) first[i] = first[i - 1] * step;
        for (std::size_t i = 0; i < 6; ++i) second[i] = (first[i] * first[i].conjugate()).c0;
    }
};

template <class Curve> struct Twelfth {
    using Fp2 = Quadratic<typename Curve::Fp>;
    using Fp6 = Cubic<Curve>;
    Fp6 c0, c1; // c0 + c1 w

    static constexpr Twelfth one() { return {Fp6::one(), {}}; }
    friend constexpr bool operator==(const Twelfth&, const Twelfth&) = default;

    friend constexpr Twelfth operator*(const Twelfth& a, const Twelfth& b) {
        const auto v0 = a.c0 * b.c0;
        const auto v1 = a.c1 * b.c1;
        return {v0 + v1.times_v(), (a.c0 + a.c1) * (b.c0 + b.c1) - v0 - v1};
    }
    constexpr Twelfth squared() const {
        const auto product = c0 * c1;
        return {(c0 + c1) * (c0 + c1.times_v()) - product - product.times_v(), product + product};
    }
    // The p^6 power; the inverse of an element of the cyclotomic subgroup.
    constexpr Twelfth conjugate() const { return {c0, -c1}; }
    Twelfth inverse() const {
        const auto scale = (c0 * c0 - (c1 * c1).times_v()).inverse();
        return {c0 * scale, -(c1 * scale)};
    }

    // Multiplies by a + b w + c w^3: a line of a D-type twist.
    constexpr Twelfth times_034(const Fp2& a, const Fp2& b, const Fp2& c) const {
        const auto t0 = c0 * a;
        const auto t1 = c1.times_01(b, c);
        return {t0 + t1.times_v(), (c0 + c1).times_01(a + b, c) - t0 - t1};
    }
    // Multiplies by a + b w^2 + c w^3: a line of an M-type twist.
    constexpr Twelfth times_014(const Fp2& a, const Fp2& b, const Fp2& c) const {
        const auto t0 = c0.times_01(a, b);
        const auto t1 = c1.times_1(c);
        return {t0 + t1.times_v(), (c0 + c1).times_01(a, b + c) - t0 - t1};
    }

    // The p-th power.
    Twelfth frobenius() const {
        const auto& k = Curve::frobenius().first;
        return {{c0.c0.conjugate(), c0.c1.conjugate() * k[2], c0.c2.conjugate() * k[4]},
                {c1.c0.conjugate() * k[1], c1.c1.conjugate() * k[3], c1.c2.conjugate() * k[5]}};
    }
    // The p^2-th power.
    Twelfth frobenius2() const {
        const auto& k = Curve::frobenius().second;
        return {{c0.c0, c0.c1 * k[2], c0.c2 * k[4]}, {c1.c0 * k[1], c1.c1 * k[3], c1.c2 * k[5]}};
    }

    // Squares an element of the cyclotomic subgroup (Granger, Scott 2009).
    constexpr Twelfth cyclotomic_squared() const {
        const auto [a0, a1] = fp4_squared(c0.c0, c1.c1);
        const auto [b0, b1] = fp4_squared(c1.c0, c0.c2);
        const auto [d0, d1] = fp4_squared(c0.c1, c1.c2);
        const auto xi_d1 = Curve::times_xi(d1);
        return {{thrice_less_twice(a0, c0.c0), thrice_less_twice(b0, c0.c1),
                 thrice_less_twice(d0, c0.c2)},
                {thrice_and_twice(xi_d1, c1.c0), thrice_and_twice(a1, c1.c1),
                 thrice_and_twice(b1, c1.c2)}};
    }

    // Power of an element of the cyclotomic subgroup.
    Twelfth cyclotomic_power(std::uint64_t exponent) const {
        Twelfth result = one();
        bool started = false;
        for (int i = 63; i >= 0; --i) {
            if (started) result = result.cyclotomic_squared();
            if ((exponent >> i & 1) == 0) continue;
            result = started ? result * *this : *this;
            started = true;
        }
        return result;
    }

    // The power (p^6 - 1)(p^2 + 1), which is in the cyclotomic subgroup. Requires a nonzero
    // element.
    Twelfth final_easy_part() const {
        const auto t = conjugate() * inverse();
        return t.frobenius2() * t;
    }

  private:
    struct Fp4 {
        Fp2 c0, c1;
    };
    static constexpr Fp4 fp4_squared(const Fp2& a, const Fp2& b) {
        const auto a2 = a.squared();
        const auto b2 = b.squared();
        return {Curve::times_xi(b2) + a2, (a + b).squared() - a2 - b2};
    }
    static constexpr Fp2 thrice_less_twice(const Fp2& t, const Fp2& z) {
        return (t - z).doubled() + t;
    }
    static constexpr Fp2 thrice_and_twice(const Fp2& t, const Fp2& z) {
        return (t + z).doubled() + t;
    }
};

} // namespace viz::evm::precompiles
