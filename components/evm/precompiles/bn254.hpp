// The pairing-friendly curve of EIP-196 and EIP-197 ("alt_bn128"): y^2 = x^3 + 3 over Fp, its
// twist y^2 = x^3 + 3 / (9 + u) over Fp2 (D-type), both with a subgroup of order r.
#pragma once

#include <span>

#include "components/evm/precompiles/points.hpp"
#include "components/evm/precompiles/tower.hpp"

namespace viz::evm::precompiles::bn254 {

struct BaseParameters {
    static constexpr auto kModulus =
        limbs<4>("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
};
struct ScalarParameters {
    static constexpr auto kModulus =
        limbs<4>("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001");
};
using Fp = Field<BaseParameters>;
using Fp2 = Quadratic<Fp>;

struct Curve {
    using Fp = bn254::Fp;
    // xi = 9 + u
    static constexpr Fp2 times_xi(const Fp2& a) {
        const auto t = a.doubled().doubled().doubled() + a;
        return {t.c0 - a.c1, t.c1 + a.c0};
    }
    static const FrobeniusFactors<Fp>& frobenius();
};
using Fp12 = Twelfth<Curve>;

using G1 = AffinePoint<Fp>;
using G2 = AffinePoint<Fp2>;

constexpr Fp kB = Fp::from_u64(3);
const Fp2& twist_b();

// Scalar multiplication with the endomorphism (x, y) -> (beta x, y) (Gallant, Lambert, Vanstone
// 2001).
JacobianPoint<Fp> multiply_g1(const G1& p, const Limbs<4>& k);

// For a point on the twist: whether r Q is infinity.
bool in_subgroup(const G2& q);

struct Pair {
    G1 p;
    G2 q; // in its subgroup
};
// The product of pairings e(p1, q1) e(p2, q2) ..: the optimal ate pairing, raised to a fixed power
// prime to r.
Fp12 pairing_product(std::span<const Pair> pairs);

} // namespace viz::evm::precompiles::bn254
