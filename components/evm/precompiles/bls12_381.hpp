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

// The curve parameter is -kX: p and r are polynomials in it.
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

// The untwist-Frobenius-twist endomorphism of the twist.
JacobianPoint<Fp2> psi(const JacobianPoint<Fp2>& q);

// For points on their curve: whether r times the point is infinity.
bool in_subgroup(const G1& p);
bool in_subgroup(const G2& q);

// RFC 9380 as EIP-2537 restates it: simplified SWU on an isogenous curve, the isogeny, and cofactor
// clearing. The result is in the subgroup.
JacobianPoint<Fp> map_to_g1(const Fp& u);
JacobianPoint<Fp2> map_to_g2(const Fp2& u);

// The Miller loop lines of a fixed point of the twist.
class PreparedG2 {
  public:
    explicit PreparedG2(const G2& q);
    std::span<const Line<Fp2>> lines() const { return lines_; }

  private:
    std::vector<Line<Fp2>> lines_; // empty for infinity
};

struct Pair {
    G1 p; // both in their subgroups
    G2 q;
};
struct PreparedPair {
    G1 p;
    const PreparedG2* q;
};
// The product of pairings e(p1, q1) e(p2, q2) ..: the cube of the ate pairing.
Fp12 pairing_product(std::span<const Pair> pairs);
Fp12 pairing_product(std::span<const PreparedPair> pairs);

} // namespace viz::evm::precompiles::bls12_381
