#include <gtest/gtest.h>

#include <random>

#include "components/evm/precompiles/bls12_381.hpp"
#include "components/evm/precompiles/multi_scalar.hpp"
#include "components/evm/precompiles/roots.hpp"

namespace {

using namespace viz::evm::precompiles;
using namespace viz::evm::precompiles::bls12_381;

class Bls12Property : public testing::Test {
  protected:
    Limbs<4> scalar() { return {random_(), random_(), random_(), random_()}; }
    Fp field() {
        Limbs<6> v;
        for (auto& limb : v) limb = random_();
        v[5] >>= 4;
        return Fp::from_integer(v);
    }
    Fp2 field2() { return {field(), field()}; }

    // A point anywhere on y^2 = x^3 + b.
    template <class F, class Make> AffinePoint<F> somewhere(const F& b, const Make& make) {
        for (;;) {
            const F x = make();
            if (const auto y = square_root(x.squared() * x + b)) return AffinePoint<F>::at(x, *y);
        }
    }

    static Pair pair(const JacobianPoint<Fp>& p, const JacobianPoint<Fp2>& q) {
        return {p.to_affine(), q.to_affine()};
    }
    static Fp12 paired(const JacobianPoint<Fp>& p, const JacobianPoint<Fp2>& q) {
        return pairing_product(std::span<const Pair>(std::array{pair(p, q)}));
    }

    std::mt19937_64 random_{381};
    const JacobianPoint<Fp> g1_{g1_generator()};
    const JacobianPoint<Fp2> g2_{g2_generator()};
};

TEST_F(Bls12Property, TheGeneratorsHaveOrderR) {
    EXPECT_TRUE(g1_generator().is_on_curve(kB));
    EXPECT_TRUE(g2_generator().is_on_curve(kTwistB));
    EXPECT_TRUE(multiply(g1_, ScalarParameters::kModulus).is_infinity());
    EXPECT_TRUE(multiply(g2_, ScalarParameters::kModulus).is_infinity());
}

TEST_F(Bls12Property, TheSubgroupsAreThoseOfOrderR) {
    for (int i = 0; i < 20; ++i) {
        const auto p = somewhere<Fp>(kB, [&] { return field(); });
        const auto q = somewhere<Fp2>(kTwistB, [&] { return field2(); });
        EXPECT_EQ(in_subgroup(p),
                  multiply(JacobianPoint<Fp>(p), ScalarParameters::kModulus).is_infinity());
        EXPECT_EQ(in_subgroup(q),
                  multiply(JacobianPoint<Fp2>(q), ScalarParameters::kModulus).is_infinity());
        EXPECT_FALSE(in_subgroup(p));
        EXPECT_FALSE(in_subgroup(q));
        EXPECT_TRUE(in_subgroup(multiply(g1_, scalar()).to_affine()));
        EXPECT_TRUE(in_subgroup(multiply(g2_, scalar()).to_affine()));
    }
}

// What is left of a point once r is taken out: small factors of the cofactors, such as 3 and 11 of
// G1's, whose points are fixed by many an endomorphism.
TEST_F(Bls12Property, PointsOfTheCofactorAreOutside) {
    for (int i = 0; i < 5; ++i) {
        const auto p = multiply(JacobianPoint<Fp>(somewhere<Fp>(kB, [&] { return field(); })),
                                ScalarParameters::kModulus);
        const auto q =
            multiply(JacobianPoint<Fp2>(somewhere<Fp2>(kTwistB, [&] { return field2(); })),
                     ScalarParameters::kModulus);
        EXPECT_FALSE(in_subgroup(p.to_affine()));
        EXPECT_FALSE(in_subgroup(q.to_affine()));
        EXPECT_FALSE(in_subgroup((p + multiply(g1_, scalar())).to_affine()));
        EXPECT_FALSE(in_subgroup((q + multiply(g2_, scalar())).to_affine()));
    }
    EXPECT_FALSE(in_subgroup(G1::at(Fp(), Fp::from_u64(2)))); // of order 3
}

TEST_F(Bls12Property, ThePairingIsBilinear) {
    const auto base = paired(g1_, g2_);
    EXPECT_NE(base, Fp12::one());
    for (int i = 0; i < 3; ++i) {
        const auto a = random_();
        const auto b = random_();
        const auto ap = multiply(g1_, Limbs<1>{a});
        const auto bq = multiply(g2_, Limbs<1>{b});
        EXPECT_EQ(paired(ap, bq), base.cyclotomic_power(a).cyclotomic_power(b));
        EXPECT_EQ(pairing_product(std::span<const Pair>(std::array{pair(ap, g2_), pair(g1_, bq)})),
                  base.cyclotomic_power(a) * base.cyclotomic_power(b));
    }
    // Of order r: base^(r - 1) is its inverse.
    auto power = Fp12::one();
    for (std::size_t i = 256; i-- > 0;) {
        power = power.cyclotomic_squared();
        if ((ScalarParameters::kModulus[i / 64] >> (i % 64) & 1) != 0) power = power * base;
    }
    EXPECT_EQ(power, Fp12::one());
}

TEST_F(Bls12Property, PreparedLinesGiveTheSamePairing) {
    const auto p = multiply(g1_, scalar());
    const auto q = multiply(g2_, scalar());
    const PreparedG2 prepared(q.to_affine());
    const PreparedG2 infinity{G2()};
    const std::array<PreparedPair, 3> pairs = {
        {{p.to_affine(), &prepared}, {g1_generator(), &infinity}, {G1(), &prepared}}};
    EXPECT_EQ(pairing_product(std::span<const PreparedPair>(pairs)), paired(p, q));
}

TEST_F(Bls12Property, CyclotomicSquaringIsSquaring) {
    const auto e = paired(g1_, g2_);
    EXPECT_EQ(e.cyclotomic_squared(), e.squared());
    EXPECT_EQ(e.conjugate() * e, Fp12::one());
}

TEST_F(Bls12Property, FrobeniusIsThePowerOfP) {
    const Fp12 f{{field2(), field2(), field2()}, {field2(), field2(), field2()}};
    auto power = Fp12::one();
    for (std::size_t i = 384; i-- > 0;) {
        power = power.squared();
        if ((Fp::kModulus[i / 64] >> (i % 64) & 1) != 0) power = power * f;
    }
    EXPECT_EQ(f.frobenius(), power);
    EXPECT_EQ(f.frobenius2(), power.frobenius());
    EXPECT_EQ(f.inverse() * f, Fp12::one());
}

TEST_F(Bls12Property, SparseProductsAreProducts) {
    const Fp12 f{{field2(), field2(), field2()}, {field2(), field2(), field2()}};
    const auto a = field2(), b = field2(), c = field2();
    EXPECT_EQ(f.times_014(a, b, c), (f * Fp12{{a, b, {}}, {{}, c, {}}}));
    EXPECT_EQ(f.times_034(a, b, c), (f * Fp12{{a, {}, {}}, {b, c, {}}}));
}

TEST_F(Bls12Property, RootsAreFoundWhereTheyAre) {
    int squares = 0;
    for (int i = 0; i < 40; ++i) {
        const auto a = field2();
        const auto root = square_root(a.squared());
        ASSERT_TRUE(root.has_value());
        EXPECT_TRUE(*root == a || *root == -a);
        if (square_root(a)) ++squares;
        // Of a and -a only one has a root in Fp; in Fp2 all of Fp have.
        EXPECT_NE(square_root(a.c0).has_value(), square_root(-a.c0).has_value());
        EXPECT_TRUE(square_root(Fp2{a.c0, Fp()}).has_value());
        // 1 + u is no square.
        EXPECT_FALSE(square_root(a.squared() * Fp2{Fp::one(), Fp::one()}).has_value());
    }
    EXPECT_GT(squares, 5);
    EXPECT_LT(squares, 35);
    EXPECT_EQ(square_root(Fp2()), Fp2());
}

TEST_F(Bls12Property, TheMapsEndInTheSubgroups) {
    for (int i = 0; i < 20; ++i) {
        const auto p = map_to_g1(field()).to_affine();
        const auto q = map_to_g2(field2()).to_affine();
        EXPECT_TRUE(p.is_on_curve(kB));
        EXPECT_TRUE(q.is_on_curve(kTwistB));
        EXPECT_TRUE(in_subgroup(p));
        EXPECT_TRUE(in_subgroup(q));
        EXPECT_FALSE(p.infinity || q.infinity);
    }
}

TEST_F(Bls12Property, OppositeFieldElementsMapToOppositePoints) {
    for (int i = 0; i < 5; ++i) {
        const auto u = field();
        const auto v = field2();
        EXPECT_EQ(map_to_g1(-u), -map_to_g1(u));
        EXPECT_EQ(map_to_g2(-v), -map_to_g2(v));
    }
}

TEST_F(Bls12Property, SumsOfManyMultiplesAgree) {
    for (const std::size_t size : {3U, 33U, 130U}) {
        std::vector<Multiple<Fp2, 4>> terms;
        JacobianPoint<Fp2> expected;
        for (std::size_t i = 0; i < size; ++i) {
            terms.push_back({multiply(g2_, Limbs<1>{random_()}).to_affine(), scalar()});
            expected =
                expected + multiply(JacobianPoint<Fp2>(terms.back().point), terms.back().scalar);
        }
        const std::span<const Multiple<Fp2, 4>> all(terms);
        EXPECT_EQ(sum_by_interleaving(all), expected) << size;
        EXPECT_EQ(sum_by_buckets(all), expected) << size;
    }
}

} // namespace
