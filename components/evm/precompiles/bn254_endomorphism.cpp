// Scalar multiplication in G1 with half the doublings: k P = k1 P + k2 phi(P), where phi(x, y) =
// (beta x, y) is multiplication by lambda on the curve, and k1 + k2 lambda = k mod r with both near
// 2^127.
#include <algorithm>

#include "components/eth/u256.hpp"
#include "components/evm/precompiles/bn254.hpp"

namespace viz::evm::precompiles::bn254 {

namespace {

using eth::U256;

consteval U256 u256(std::string_view digits) {
    U256 v;
    v.limbs = limbs<4>(digits);
    return v;
}

constexpr auto kBeta =
    Fp::from_integer(limbs<4>("59e26bcea0d48bacd4f263f1acdb5c4f5763473177fffffe"));
// The lattice of (a, b) with a + b lambda = 0 mod r has the basis (A1, -B1), (A2, A1); with the
// curve parameter x, A1 = 2x + 1, B1 = 6x^2 + 2x, A2 = 6x^2 + 4x + 1, and the determinant is r.
constexpr U256 kA1 = u256("89d3256894d213e3");
constexpr U256 kA2 = u256("6f4d8248eeb859fd0be4e1541221250b");
constexpr U256 kB1 = u256("6f4d8248eeb859fc8211bbeb7d4f1128");
// 2^256 A1 / r and 2^256 B1 / r, rounded down.
constexpr U256 kG1 = u256("2d91d232ec7e0b3d7");
constexpr U256 kG2 = u256("24ccef014a773d2cf7a7bd9d4391eb18d");
constexpr U256 kOrder = [] {
    U256 v;
    v.limbs = ScalarParameters::kModulus;
    return v;
}();

// The high half of a * b.
U256 multiply_high(const U256& a, const U256& b) {
    std::array<std::uint64_t, 8> product{};
    for (std::size_t i = 0; i < 4; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const auto s =
                static_cast<eth::Uint128>(a.limbs[i]) * b.limbs[j] + product[i + j] + carry;
            product[i + j] = static_cast<std::uint64_t>(s);
            carry = static_cast<std::uint64_t>(s >> 64);
        }
        product[i + 4] = carry;
    }
    U256 high;
    std::copy(product.begin() + 4, product.end(), high.limbs.begin());
    return high;
}

Limbs<2> low_half(const U256& v) {
    return {v.limbs[0], v.limbs[1]};
}

// P, 3P, .. 15P as affine points of the isomorphic curve y^2 = x^3 + 3 z^6. This makes additions
// cheaper (affine points) without an inversion; the formulas do not depend on the constant.
// Multiplying a sum's z by this z gives its z on our curve. P must not be infinity; its order is a
// prime above 16.
struct OddMultiples {
    std::array<G1, 8> points;
    Fp z;

    explicit OddMultiples(const G1& p) {
        const auto twice = JacobianPoint<Fp>(p).doubled();
        const auto zz = twice.z.squared();
        // On the curve scaled by the z of 2P, both 2P and P are affine.
        const auto step = G1::at(twice.x, twice.y);
        std::array<JacobianPoint<Fp>, 8> sums;
        std::array<Fp, 8> ratios;
        sums[0] = {p.x * zz, p.y * zz * twice.z, Fp::one()};
        for (std::size_t i = 1; i < 8; ++i) sums[i] = sums[i - 1].plus_other(step, ratios[i]);
        // After scaling by the z of the last sum, all points are affine.
        points[7] = G1::at(sums[7].x, sums[7].y);
        auto scale = Fp::one();
        for (std::size_t i = 7; i-- > 0;) {
            scale = scale * ratios[i + 1];
            const auto squared = scale.squared();
            points[i] = G1::at(sums[i].x * squared, sums[i].y * squared * scale);
        }
        z = twice.z * sums[7].z;
    }
};

} // namespace

JacobianPoint<Fp> multiply_g1(const G1& p, const Limbs<4>& k) {
    if (p.infinity) return {};
    U256 scalar;
    scalar.limbs = k;
    while (scalar >= kOrder) scalar = scalar - kOrder; // at most five times
    // Due to rounding down, both multiples are low by less than two. So k1 is in [0, 2 (A1 + A2))
    // and k2 in (-2 B1, 2 A1), and arithmetic modulo 2^256 represents them exactly.
    const auto c1 = multiply_high(scalar, kG1);
    const auto c2 = multiply_high(scalar, kG2);
    const auto k1 = scalar - c1 * kA1 - c2 * kA2;
    const auto k2 = c1 * kB1 - c2 * kA1;
    const bool negative = k2.limbs[3] >> 63 != 0;
    const SignedDigits<2> digits1(low_half(k1));
    const SignedDigits<2> digits2(low_half(negative ? U256() - k2 : k2));

    const OddMultiples odd(p);
    auto images = odd.points; // same scale as the multiples
    for (auto& point : images) point = G1::at(point.x * kBeta, negative ? -point.y : point.y);
    JacobianPoint<Fp> sum;
    for (std::size_t i = std::max(digits1.size, digits2.size); i-- > 0;) {
        sum = sum.doubled();
        if (const auto d = digits1.digit[i]; d != 0) sum = sum + digit_of(odd.points, d);
        if (const auto d = digits2.digit[i]; d != 0) sum = sum + digit_of(images, d);
    }
    sum.z = sum.z * odd.z;
    return sum;
}

} // namespace viz::evm::precompiles::bn254
