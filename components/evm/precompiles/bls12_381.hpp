// BLS12-381 as EIP-2537 uses it: y^2 = x^3 + 4 over Fp, its twist y^2 = x^3 + 4 (1 + u) over Fp2
// (M-type), both with a subgroup of order r.
#pragma once

#include <span>
#include <vector>

#include "components/evm/precompiles/pairing_lines.hpp"
#include "components/evm/precompiles/points.hpp"
#include "components/evm/precompiles/tower.hpp"

namespace viz::evm::precompiles::bls12_381 {

struct BaseParameters {
    static constexpr auto kModulus =
        limbs<6>("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                 "1eabfffeb153ffffb9feffffffffaaab");
};
struct ScalarParameters {
    static constexpr auto kModulus =
        limbs<4>("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
};
using Fp = Field<BaseParameters>;
using Fp2 = Quadratic<Fp>;

// The curve's parameter is -kX: p and r are polynomials of it.
constexpr std::uint64_t kX = 0xd201000000010000;

struct Curve {
    using Fp = bls12_381::Fp;
    // xi = 1 + u
    static constexpr Fp2 times_xi(const Fp2& a) { return {a.c0 - a.c1, a.c0 + a.c1}; }
    static const FrobeniusFactors<Fp>& frobenius();
};
using Fp12 = Twelfth<Curve>;

using G1 = AffinePoint<Fp>;
using G2 = AffinePoint<Fp2>;

constexpr Fp kB = Fp::from_u64(4);
constexpr Fp2 kTwistB = {kB, kB};

G1 g1_generator();
G2 g2_generator();

// (x, y) of the twist -> its image under untwist, Frobenius, twist.
JacobianPoint<Fp2> psi(const JacobianPoint<Fp2>& q);

// Of points that are on their curves: whether r times them is infinity.
bool in_subgroup(const G1& p);
bool in_subgroup(const G2& q);

// RFC 9380 as EIP-2537 restates it: simplified SWU on an isogenous curve, the isogeny, the
// cofactor's multiple. In the subgroup.
JacobianPoint<Fp> map_to_g1(const Fp& u);
JacobianPoint<Fp2> map_to_g2(const Fp2& u);

// The lines of a Miller loop for a point of the twist that is fixed.
class PreparedG2 {
  public:
    explicit PreparedG2(const G2& q);
    std::span<const Line<Fp2>> lines() const { return lines_; }

  private:
    std::vector<Line<Fp2>> lines_; // none at infinity
};

struct Pair {
    G1 p; // both in their subgroups
    G2 q;
};
struct PreparedPair {
    G1 p;
    const PreparedG2* q;
};
// e(p1, q1) e(p2, q2) .., the ate pairing, cubed.
Fp12 pairing_product(std::span<const Pair> pairs);
Fp12 pairing_product(std::span<const PreparedPair> pairs);

} // namespace viz::evm::precompiles::bls12_381
