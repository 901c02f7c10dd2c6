#include "components/evm/precompiles/bls12_381.hpp"
#include "components/evm/precompiles/bls12_381_isogeny.hpp"
#include "components/evm/precompiles/roots.hpp"

namespace viz::evm::precompiles::bls12_381 {

namespace {

// RFC 9380 section 4.1.
bool sgn0(const Fp& a) {
    return (a.to_integer()[0] & 1) != 0;
}
bool sgn0(const Fp2& a) {
    return a.c0.is_zero() ? sgn0(a.c1) : sgn0(a.c0);
}

// y^2 = x^3 + a x + b, and z as RFC 9380 section 6.6.2 requires.
template <class F> struct SwuCurve {
    F a, b, z;
    F minus_b_over_a = -(b * a.inverse());
    F b_over_za = b * (z * a).inverse(); // x1 where the general formula would divide by zero

    F right_side(const F& x) const { return (x.squared() + a) * x + b; }
};

const SwuCurve<Fp>& g1_swu() {
    static const SwuCurve<Fp> curve{
        constant("00144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac"
                 "98936f8da0e0f97f5cf428082d584c1d"),
        constant("12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef5"
                 "5a23215a316ceaa5d1cc48e98e172be0"),
        Fp::from_u64(11)};
    return curve;
}

const SwuCurve<Fp2>& g2_swu() {
    static const SwuCurve<Fp2> curve{{Fp(), Fp::from_u64(240)},
                                     {Fp::from_u64(1012), Fp::from_u64(1012)},
                                     {-Fp::from_u64(2), -Fp::one()}};
    return curve;
}

template <class F> AffinePoint<F> simplified_swu(const SwuCurve<F>& curve, const F& u) {
    const auto zu2 = curve.z * u.squared();
    const auto denominator = zu2.squared() + zu2;
    auto x = denominator.is_zero() ? curve.b_over_za
                                   : curve.minus_b_over_a * (F::one() + denominator.inverse());
    auto y = square_root(curve.right_side(x));
    if (!y) {
        x = zu2 * x;
        y = square_root(curve.right_side(x)); // one of the two right-hand sides is a square
    }
    return AffinePoint<F>::at(x, sgn0(u) == sgn0(*y) ? *y : -*y);
}

template <class F, std::size_t N> F evaluate(const std::array<F, N>& polynomial, const F& x) {
    F sum = polynomial[N - 1];
    for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + polynomial[i];
    return sum;
}

// z is the product of both denominators, so their roots map to infinity as required.
template <class F, class Map>
JacobianPoint<F> apply_isogeny(const Map& map, const AffinePoint<F>& p) {
    const auto x_den = evaluate(map.x_den, p.x);
    const auto y_den = evaluate(map.y_den, p.x);
    const auto z = x_den * y_den;
    return {evaluate(map.x_num, p.x) * y_den * z,
            p.y * evaluate(map.y_num, p.x) * x_den * z.squared(), z};
}

} // namespace

// Clears the cofactor by multiplication with 1 - x.
JacobianPoint<Fp> map_to_g1(const Fp& u) {
    const auto point = apply_isogeny(kG1Isogeny, simplified_swu(g1_swu(), u));
    return multiply_sparse(point, kX) + point;
}

// Clears the cofactor: (x^2 - x - 1) P + (x - 1) psi(P) + psi^2(2 P) (Budroni, Pintore 2017; RFC
// 9380 appendix G.3).
JacobianPoint<Fp2> map_to_g2(const Fp2& u) {
    const auto p = apply_isogeny(kG2Isogeny, simplified_swu(g2_swu(), u));
    const auto minus_xp = multiply_sparse(p, kX);
    const auto psi_p = psi(p);
    // x (x P + psi(P)) - x P - P - psi(P) + psi^2(2 P)
    const auto inner = multiply_sparse(minus_xp + -psi_p, kX);
    return inner + minus_xp + -p + -psi_p + psi(psi(p.doubled()));
}

} // namespace viz::evm::precompiles::bls12_381
