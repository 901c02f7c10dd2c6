// The field arithmetic against GMP, on random and edge values.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include <gmp.h>

#include "components/evm/precompiles/field.hpp"

namespace {

using namespace viz::evm::precompiles;

struct Four {
    static constexpr auto kModulus =
        limbs<4>("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
};
struct Six {
    static constexpr auto kModulus =
        limbs<6>("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                 "1eabfffeb153ffffb9feffffffffaaab");
};

struct Big {
    mpz_t v;
    Big() { mpz_init(v); }
    template <std::size_t N> explicit Big(const Limbs<N>& l) : Big() {
        mpz_import(v, N, -1, 8, 0, 0, l.data());
    }
    Big(const Big&) = delete;
    Big& operator=(const Big&) = delete;
    ~Big() { mpz_clear(v); }
    template <std::size_t N> Limbs<N> to_limbs() const {
        Limbs<N> out{};
        mpz_export(out.data(), nullptr, -1, 8, 0, 0, v);
        return out;
    }
};

template <class Parameters> class FieldAgainstGmp : public testing::Test {
  protected:
    using Tested = Field<Parameters>;
    using Integer = typename Tested::Integer;

    // Edges, then random values; all below the modulus.
    std::vector<Integer> values() {
        std::vector<Integer> out{{}, {1}, {2}, {~std::uint64_t{0}}};
        Integer v = Tested::kModulus;
        for (int i = 0; i < 3; ++i) {
            v[0] -= 1;
            out.push_back(v);
        }
        out.push_back(divided(Tested::kModulus, 2));
        std::mt19937_64 random(6);
        while (out.size() < 40) {
            for (auto& limb : v) limb = random();
            v[v.size() - 1] %= Tested::kModulus[v.size() - 1];
            out.push_back(v);
        }
        return out;
    }
};

using Parameters = testing::Types<Four, Six>;
TYPED_TEST_SUITE(FieldAgainstGmp, Parameters);

TYPED_TEST(FieldAgainstGmp, BinaryOperations) {
    using F = typename TestFixture::Tested;
    const Big p(F::kModulus);
    const auto expect = [&](const F& got, Big& exact, const char* what) {
        mpz_mod(exact.v, exact.v, p.v);
        EXPECT_EQ(got.to_integer(), exact.template to_limbs<F::kLimbs>()) << what;
    };
    for (const auto& x : this->values())
        for (const auto& y : this->values()) {
            const auto a = F::from_integer(x);
            const auto b = F::from_integer(y);
            const Big bx(x), by(y);
            Big exact;
            mpz_add(exact.v, bx.v, by.v);
            expect(a + b, exact, "sum");
            mpz_sub(exact.v, bx.v, by.v);
            expect(a - b, exact, "difference");
            mpz_mul(exact.v, bx.v, by.v);
            expect(a * b, exact, "product");
            mpz_mul(exact.v, bx.v, bx.v);
            mpz_addmul(exact.v, by.v, by.v);
            expect(F::sum_of_products(a, a, b, b), exact, "sum of squares");
            mpz_mul(exact.v, bx.v, by.v);
            mpz_mul_ui(exact.v, exact.v, 2);
            expect(F::sum_of_products(a, b, b, a), exact, "sum of products");
        }
}

TYPED_TEST(FieldAgainstGmp, UnaryOperations) {
    using F = typename TestFixture::Tested;
    const Big p(F::kModulus);
    for (const auto& x : this->values()) {
        const auto a = F::from_integer(x);
        const Big bx(x);
        Big exact;
        mpz_neg(exact.v, bx.v);
        mpz_mod(exact.v, exact.v, p.v);
        EXPECT_EQ((-a).to_integer(), exact.template to_limbs<F::kLimbs>());
        EXPECT_EQ(a.squared(), a * a);
        EXPECT_EQ(a.doubled(), a + a);
        EXPECT_EQ(a.inverse() * a, a.is_zero() ? F() : F::one());
        EXPECT_EQ(a.power(F::kModulus), a); // Fermat
        std::array<std::uint8_t, F::kBytes> bytes;
        a.to_be(bytes);
        EXPECT_EQ(F::from_be(bytes), a);
    }
}

TYPED_TEST(FieldAgainstGmp, BytesMustBeBelowTheModulus) {
    using F = typename TestFixture::Tested;
    std::array<std::uint8_t, F::kBytes> bytes;
    auto v = F::kModulus;
    limbs_to_be(v, bytes);
    EXPECT_EQ(F::from_be(bytes), std::nullopt);
    v[0] += 1;
    limbs_to_be(v, bytes);
    EXPECT_EQ(F::from_be(bytes), std::nullopt);
    v[0] -= 2;
    limbs_to_be(v, bytes);
    EXPECT_EQ(F::from_be(bytes), -F::one());
    bytes.fill(0xff);
    EXPECT_EQ(F::from_be(bytes), std::nullopt);
}

// The chains in assembly against those in C++, which constants are computed with and processors
// without MULX and ADX use: on limbs that make carries run far.
template <std::size_t N> void compare_chains() {
    std::mt19937_64 random(7);
    const auto limb = [&]() -> std::uint64_t {
        switch (random() % 4) {
        case 0:
            return 0;
        case 1:
            return ~std::uint64_t{0};
        default:
            return random();
        }
    };
    for (int i = 0; i < 20000; ++i) {
        Limbs<N> a, b;
        for (auto& l : a) l = limb();
        for (auto& l : b) l = limb();
        auto plain = a, fast = a;
        add_plain(plain, b);
        add_fast(fast, b);
        ASSERT_EQ(plain, fast);
        plain = fast = a;
        ASSERT_EQ(subtract_plain(plain, b), subtract_fast(fast, b));
        ASSERT_EQ(plain, fast);
        if (!kHasFastRows) continue;
        Limbs<N + 1> plain_row, fast_row;
        for (auto& l : plain_row) l = limb();
        plain_row[N] >>= 1; // the sum is to fit
        fast_row = plain_row;
        const auto factor = limb() >> 1;
        add_row_plain(plain_row, a, factor);
        add_row_fast(fast_row, a, factor);
        ASSERT_EQ(plain_row, fast_row);
    }
}

TEST(Limbs, ChainsInAssemblyAgreeWithPlainOnes) {
    compare_chains<4>();
    compare_chains<6>();
}

TEST(Limbs, DivideRoundedDown) {
    EXPECT_EQ((divided(Limbs<2>{7, 0}, 2)), (Limbs<2>{3, 0}));
    EXPECT_EQ((divided(Limbs<2>{0, 1}, 2)), (Limbs<2>{std::uint64_t{1} << 63, 0}));
    EXPECT_EQ((divided(Limbs<2>{5, 6}, 6)), (Limbs<2>{0, 1}));
}

} // namespace
