#include <gtest/gtest.h>

#include <random>

#include "components/evm/precompiles/bn254.hpp"
#include "components/evm/precompiles/multi_scalar.hpp"
#include "components/evm/precompiles/roots.hpp"
#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using namespace viz::evm::precompiles;
using namespace viz::evm::precompiles::bn254;
using test::call;
using test::word;

const std::string kPrime = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";
const std::string kOrder = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
const std::string kOrderLess1 = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000";
// EIP-196: the generator of G1, and p - 2.
const std::string kG1 = word(1) + word(2);
const std::string kMinusG1 =
    word(1) + "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45";
const std::string kInfinity(128, '0');
// EIP-197: the generator of G2, imaginary parts first; and its negative.
const std::string kG2X = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                         "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed";
const std::string kG2 = kG2X + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                               "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";
const std::string kMinusG2 = kG2X +
                             "275dc4a288d1afb3cbb1ac09187524c7db36395df7be3b99e673b13a075a65ec"
                             "1d9befcd05a5323e6da4d435f3b617cdb3af83285c2df711ef39c01571827f9d";
const std::string kG2Infinity(256, '0');

TEST(Bn254, AddsPoints) {
    EXPECT_EQ(call(6, ""), kInfinity);
    EXPECT_EQ(call(6, kG1), kG1);
    EXPECT_EQ(call(6, kInfinity + kG1), kG1);
    EXPECT_EQ(call(6, kG1 + kMinusG1), kInfinity);
    // 2 G: EIP-196's reference value.
    EXPECT_EQ(call(6, kG1 + kG1 + "ffff"),
              "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
              "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4");
}

TEST(Bn254, MultipliesPoints) {
    EXPECT_EQ(call(7, ""), kInfinity);
    EXPECT_EQ(call(7, kG1), kInfinity);
    EXPECT_EQ(call(7, kG1 + word(1)), kG1);
    EXPECT_EQ(call(7, kG1 + word(2)), call(6, kG1 + kG1));
    EXPECT_EQ(call(7, kG1 + kOrder), kInfinity);
    EXPECT_EQ(call(7, kG1 + kOrderLess1), kMinusG1);
    EXPECT_EQ(call(7, kInfinity + kOrderLess1), kInfinity);
    // 2^256 - 1 is not reduced in the input.
    EXPECT_EQ(call(7, kG1 + std::string(64, 'f')),
              "2f588cffe99db877a4434b598ab28f81e0522910ea52b45f0adaa772b2d5d352"
              "12f42fa8fd34fb1b33d8c6a718b6590198389b26fc9d8808d971f8b009777a97");
}

TEST(Bn254, RefusesWhatIsNotAPoint) {
    for (const auto& bad :
         {word(1) + word(3), word(0) + word(1), word(1) + word(0), kPrime + word(0),
          word(0) + kPrime, kPrime + kPrime, std::string(128, 'f'),
          // 1 + p is 1 in the field, and so is not the generator's encoding.
          "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd48" + word(2)}) {
        EXPECT_EQ(call(6, bad), "failed") << bad;
        EXPECT_EQ(call(6, kG1 + bad), "failed") << bad;
        EXPECT_EQ(call(7, bad + word(1)), "failed") << bad;
        EXPECT_EQ(call(8, bad + kG2), "failed") << bad;
        EXPECT_EQ(call(8, bad + kG2Infinity), "failed") << bad;
    }
}

TEST(Bn254, ChecksPairings) {
    EXPECT_EQ(call(8, ""), word(1));
    EXPECT_EQ(call(8, kG1 + kG2), word(0));
    EXPECT_EQ(call(8, kInfinity + kG2), word(1));
    EXPECT_EQ(call(8, kG1 + kG2Infinity), word(1));
    EXPECT_EQ(call(8, kG1 + kG2 + kMinusG1 + kG2), word(1));
    EXPECT_EQ(call(8, kG1 + kG2 + kG1 + kMinusG2), word(1));
    EXPECT_EQ(call(8, kG1 + kG2 + kG1 + kG2), word(0));
    const auto twice = call(7, kG1 + word(2));
    EXPECT_EQ(call(8, twice + kG2 + kMinusG1 + kG2 + kMinusG1 + kG2), word(1));
    EXPECT_EQ(call(8, kG1 + kG2.substr(2)), "failed");
    EXPECT_EQ(call(8, kG1 + kG2 + "00"), "failed");
}

TEST(Bn254, RefusesPointsOutsideTheTwistAndItsSubgroup) {
    EXPECT_EQ(call(8, kG1 + kG2X + kG2X), "failed");
    EXPECT_EQ(call(8, kInfinity + kG2X + kG2X), "failed");
    for (std::size_t i = 0; i < 4; ++i) {
        auto bad = kG2;
        bad.replace(64 * i, 64, kPrime);
        EXPECT_EQ(call(8, kG1 + bad), "failed");
        auto zero = kG2Infinity;
        zero.replace(64 * i, 64, kPrime);
        EXPECT_EQ(call(8, kG1 + zero), "failed");
    }
}

TEST(Bn254, IsPricedByEip1108) {
    EXPECT_EQ(test::price(6, {}), 150);
    EXPECT_EQ(test::price(7, {}), 6000);
    EXPECT_EQ(test::price(8, {}), 45000);
    EXPECT_EQ(test::price(8, eth::Bytes(384)), 113000);
}

class Bn254Property : public testing::Test {
  protected:
    Limbs<4> scalar() { return {random_(), random_(), random_(), random_()}; }
    Fp field() {
        auto v = scalar();
        v[3] >>= 3;
        return Fp::from_integer(v);
    }
    std::mt19937_64 random_{254};
    const G1 g1_ = G1::at(Fp::one(), Fp::from_u64(2));
    const G2 g2_ = [] {
        const auto bytes = test::bytes(kG2);
        const auto part = [&](std::size_t i) {
            return *Fp::from_be(eth::BytesView(bytes).subspan(32 * i, 32));
        };
        return G2::at({part(1), part(0)}, {part(3), part(2)});
    }();
};

TEST_F(Bn254Property, TheEndomorphismGivesTheSameMultiples) {
    for (int i = 0; i < 100; ++i) {
        const auto k = scalar();
        const auto p = multiply(JacobianPoint<Fp>(g1_), scalar()).to_affine();
        EXPECT_EQ(multiply_g1(p, k), multiply(JacobianPoint<Fp>(p), k));
    }
}

TEST_F(Bn254Property, MultiplicationDistributes) {
    for (int i = 0; i < 20; ++i) {
        const auto a = scalar();
        const auto p = multiply_g1(g1_, scalar());
        const auto q = multiply_g1(g1_, scalar());
        EXPECT_EQ(multiply(p + q, a), multiply(p, a) + multiply(q, a));
        EXPECT_EQ(p + q, q + p);
        EXPECT_EQ(p + p, p.doubled());
        EXPECT_TRUE((p + -p).is_infinity());
        EXPECT_EQ(p + q.to_affine(), p + q);
    }
}

TEST_F(Bn254Property, ThePairingIsBilinear) {
    const auto base = pairing_product(std::array{Pair{g1_, g2_}});
    EXPECT_NE(base, Fp12::one());
    for (int i = 0; i < 3; ++i) {
        const auto a = random_();
        const auto b = random_();
        const auto ap = multiply_g1(g1_, {a}).to_affine();
        const auto bq = multiply(JacobianPoint<Fp2>(g2_), Limbs<1>{b}).to_affine();
        const auto expected = base.cyclotomic_power(a).cyclotomic_power(b);
        EXPECT_EQ(pairing_product(std::array{Pair{ap, bq}}), expected);
        EXPECT_EQ(pairing_product(std::array{Pair{ap, g2_}, Pair{g1_, bq}}),
                  base.cyclotomic_power(a) * base.cyclotomic_power(b));
    }
}

TEST_F(Bn254Property, TheSubgroupIsThatOfOrderR) {
    EXPECT_TRUE(in_subgroup(g2_));
    EXPECT_TRUE(in_subgroup(G2()));
    // Points of the twist that lie anywhere: r times them is hardly ever infinity.
    int found = 0;
    while (found < 10) {
        const Fp2 x{field(), field()};
        const auto square = x.squared() * x + twist_b();
        const auto y = square_root(square);
        if (!y) continue;
        const auto point = G2::at(x, *y);
        EXPECT_TRUE(point.is_on_curve(twist_b()));
        ++found;
        const bool by_order =
            multiply(JacobianPoint<Fp2>(point), ScalarParameters::kModulus).is_infinity();
        EXPECT_FALSE(by_order);
        EXPECT_EQ(in_subgroup(point), by_order);
        eth::Bytes input = test::bytes(kG1);
        for (const auto& part : {x.c1, x.c0, y->c1, y->c0}) {
            std::array<std::uint8_t, 32> bytes;
            part.to_be(bytes);
            input.insert(input.end(), bytes.begin(), bytes.end());
        }
        EXPECT_EQ(test::run(8, input), std::nullopt);
    }
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(in_subgroup(multiply(JacobianPoint<Fp2>(g2_), scalar()).to_affine()));
}

TEST_F(Bn254Property, CyclotomicSquaringIsSquaring) {
    const auto e = pairing_product(std::array{Pair{g1_, g2_}});
    EXPECT_EQ(e.cyclotomic_squared(), e.squared());
    EXPECT_EQ(e.conjugate() * e, Fp12::one());
    EXPECT_EQ(e.inverse() * e, Fp12::one());
}

TEST_F(Bn254Property, FrobeniusIsThePowerOfP) {
    const Fp12 f{{{field(), field()}, {field(), field()}, {field(), field()}},
                 {{field(), field()}, {field(), field()}, {field(), field()}}};
    auto power = Fp12::one();
    for (std::size_t i = 256; i-- > 0;) {
        power = power.squared();
        if ((Fp::kModulus[i / 64] >> (i % 64) & 1) != 0) power = power * f;
    }
    EXPECT_EQ(f.frobenius(), power);
    EXPECT_EQ(f.frobenius2(), power.frobenius());
    EXPECT_EQ(f.inverse() * f, Fp12::one());
}

TEST_F(Bn254Property, SumsOfManyMultiplesAgree) {
    for (const std::size_t size : {1U, 2U, 7U, 40U, 100U, 300U}) {
        std::vector<Multiple<Fp, 4>> terms;
        JacobianPoint<Fp> expected;
        for (std::size_t i = 0; i < size; ++i) {
            terms.push_back({multiply_g1(g1_, {random_()}).to_affine(), scalar()});
            if (i % 5 == 3) terms.back().scalar = {random_() % 3};
            expected =
                expected + multiply(JacobianPoint<Fp>(terms.back().point), terms.back().scalar);
        }
        const std::span<const Multiple<Fp, 4>> all(terms);
        EXPECT_EQ(sum_by_interleaving(all), expected) << size;
        EXPECT_EQ(sum_by_buckets(all), expected) << size;
    }
}

} // namespace
