#include "components/evm/precompiles/bls12_381.hpp"

namespace viz::evm::precompiles::bls12_381 {

namespace {

constexpr Fp fp(const Limbs<6>& v) {
    return Fp::from_integer(v);
}

// The cube root of one for which (beta x, y) is -x^2 times (x, y) in the subgroup, x being the
// curve parameter.
constexpr Fp kBeta = fp(limbs<6>("5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a0002"
                                 "2e01fffffffefffe"));

struct PsiFactors {
    Fp2 x = Curve::frobenius().first[2].inverse();
    Fp2 y = Curve::frobenius().first[3].inverse();
};

} // namespace

const FrobeniusFactors<Fp>& Curve::frobenius() {
    static const FrobeniusFactors<Fp> factors({Fp::one(), Fp::one()});
    return factors;
}

G1 g1_generator() {
    return G1::at(fp(limbs<6>("17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                              "6c55e83ff97a1aeffb3af00adb22c6bb")),
                  fp(limbs<6>("08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
                              "d03cc744a2888ae40caa232946c5e7e1")));
}

G2 g2_generator() {
    return G2::at({fp(limbs<6>("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d177"
                               "0bac0326a805bbefd48056c8c121bdb8")),
                   fp(limbs<6>("13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
                               "334cf11213945d57e5ac7d055d042b7e"))},
                  {fp(limbs<6>("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c"
                               "923ac9cc3baca289e193548608b82801")),
                   fp(limbs<6>("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab"
                               "3f370d275cec1da1aaa9075ff05f79be"))});
}

JacobianPoint<Fp2> psi(const JacobianPoint<Fp2>& q) {
    static const PsiFactors factors;
    return {q.x.conjugate() * factors.x, q.y.conjugate() * factors.y, q.z.conjugate()};
}

// EIP-2537's fast subgroup checks (Scott 2021). phi^2 + phi + 1 = 0 on the whole curve, so phi(P) =
// -x^2 P implies (x^4 - x^2 + 1) P = r P = 0.
bool in_subgroup(const G1& p) {
    if (p.infinity) return true;
    const auto x2p = multiply_sparse(multiply_sparse(JacobianPoint<Fp>(p), kX), kX);
    return JacobianPoint<Fp>(G1::at(p.x * kBeta, p.y)) == -x2p;
}

// psi^2 - t psi + p = 0 on the whole twist, so psi(Q) = x Q implies (p - x) Q = 0; the greatest
// common divisor of p - x and the order of the twist is r.
bool in_subgroup(const G2& q) {
    if (q.infinity) return true;
    const JacobianPoint<Fp2> point(q);
    return psi(point) == -multiply_sparse(point, kX);
}

} // namespace viz::evm::precompiles::bls12_381
