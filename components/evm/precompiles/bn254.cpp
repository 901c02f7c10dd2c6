#include "components/evm/precompiles/bn254.hpp"

#include <bit>

#include "components/evm/precompiles/pairing_lines.hpp"

namespace viz::evm::precompiles::bn254 {

namespace {

// The curve parameter: p and r are polynomials in it (Barreto, Naehrig 2005).
constexpr std::uint64_t kX = 4965661367192848881;
// 6x + 2 has 65 bits: these are the bits below the highest.
constexpr std::uint64_t kLoopLow = 6 * kX + 2;
static_assert(eth::Uint128{6} * kX + 2 == (eth::Uint128{1} << 64) + kLoopLow);

Fp2 fp2(std::uint64_t c0, std::uint64_t c1) {
    return {Fp::from_u64(c0), Fp::from_u64(c1)};
}

// The untwist-Frobenius-twist endomorphism.
G2 psi(const G2& q) {
    const auto& k = Curve::frobenius().first;
    return G2::at(q.x.conjugate() * k[2], q.y.conjugate() * k[3]);
}

JacobianPoint<Fp2> psi(const JacobianPoint<Fp2>& q) {
    const auto& k = Curve::frobenius().first;
    return {q.x.conjugate() * k[2], q.y.conjugate() * k[3], q.z.conjugate()};
}

struct Runner {
    const Pair* pair;
    LoopPoint<Fp> t;

    explicit Runner(const Pair& p) : pair(&p), t(p.q) {}
    void multiply(Fp12& f, const Line<Fp2>& line) const {
        f = f.times_034(line.of_y * pair->p.y, line.of_x * pair->p.x, line.constant);
    }
};

// Vercauteren 2008: f_{6x+2,Q}(P), then the line through the loop point and psi(Q), and the line
// through that sum and -psi^2(Q).
Fp12 miller_loop(std::span<const Pair> pairs) {
    std::vector<Runner> runners;
    runners.reserve(pairs.size());
    for (const auto& pair : pairs)
        if (!pair.p.infinity && !pair.q.infinity) runners.emplace_back(pair);
    auto f = Fp12::one();
    for (int i = 63; i >= 0; --i) {
        f = f.squared();
        for (auto& r : runners) r.multiply(f, r.t.double_step(twist_b()));
        if ((kLoopLow >> i & 1) == 0) continue;
        for (auto& r : runners) r.multiply(f, r.t.add_step(r.pair->q));
    }
    for (auto& r : runners) {
        const auto q1 = psi(r.pair->q);
        r.multiply(f, r.t.add_step(q1));
        r.multiply(f, r.t.add_step(-psi(q1)));
    }
    return f;
}

// Fuentes-Castaneda, Knapp, Rodriguez-Henriquez 2011: 2x(6x^2 + 3x + 1) times the hard part, as
// (1 + 6x + 12x^2 + 12x^3) + (4x + 6x^2 + 12x^3) p + (6x + 6x^2 + 12x^3) p^2
// + (-1 + 4x + 6x^2 + 12x^3) p^3.
Fp12 final_exponentiation(const Fp12& f) {
    const auto m = f.final_easy_part();
    const auto mx = m.cyclotomic_power(kX);
    const auto m2x = mx.cyclotomic_squared();
    const auto m4x = m2x.cyclotomic_squared();
    const auto m6x = m4x * m2x;
    const auto m6x2 = m6x.cyclotomic_power(kX);
    const auto m12x2 = m6x2.cyclotomic_squared();
    const auto m12x3 = m12x2.cyclotomic_power(kX);
    const auto a = m12x3 * m6x2 * m6x;              // 6x + 6x^2 + 12x^3
    const auto b = a * m2x.conjugate();             // 4x + 6x^2 + 12x^3
    const auto c = a * m6x2 * m;                    // 1 + 6x + 12x^2 + 12x^3
    const auto d = (b * m.conjugate()).frobenius(); // -1 + 4x + 6x^2 + 12x^3
    return c * b.frobenius() * a.frobenius2() * d.frobenius2();
}

} // namespace

const FrobeniusFactors<Fp>& Curve::frobenius() {
    static const FrobeniusFactors<Fp> factors(fp2(9, 1));
    return factors;
}

const Fp2& twist_b() {
    static const Fp2 value = fp2(9, 1).inverse() * kB;
    return value;
}

// (x + 1)Q + psi(xQ) + psi^2(xQ) = psi^3(2xQ). In the endomorphism ring, where psi^2 = t psi - p,
// the greatest common divisor of the norm of the difference of both sides and the order of the
// twist is r: no point outside the subgroup satisfies the equation (El Housni, Guillevic, Piellard
// 2022).
bool in_subgroup(const G2& q) {
    if (q.infinity) return true;
    const JacobianPoint<Fp2> point(q);
    const auto xq = multiply(point, Limbs<1>{kX});
    const auto psi_xq = psi(xq);
    const auto psi2_xq = psi(psi_xq);
    const auto left = xq + q + psi_xq + psi2_xq;
    return left == psi(psi2_xq).doubled();
}

Fp12 pairing_product(std::span<const Pair> pairs) {
    return final_exponentiation(miller_loop(pairs));
}

} // namespace viz::evm::precompiles::bn254
