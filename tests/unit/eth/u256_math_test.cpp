// The word arithmetic of the EVM against Boost.Multiprecision, on edges and random values of
// every length.
#include <random>

#include <boost/multiprecision/cpp_int.hpp>
#include <gtest/gtest.h>

#include "components/eth/u256_math.hpp"

namespace viz::eth {
namespace {

using Big = boost::multiprecision::cpp_int;

Big big(const U256& v) {
    Big out;
    for (std::size_t i = 4; i-- > 0;) out = (out << 64) + v.limbs[i];
    return out;
}
const Big kModulus = Big(1) << 256;
Big signed_big(const U256& v) {
    return is_negative(v) ? Big(big(v) - kModulus) : big(v);
}
Big wrapped(const Big& v) {
    const Big r = v % kModulus;
    return r < 0 ? Big(r + kModulus) : r;
}

std::vector<U256> samples(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const U256 max = U256() - U256(1);
    std::vector<U256> all{U256(), U256(1), U256(2), U256(255), max, max - U256(1)};
    for (const std::uint64_t bits : {63U, 64U, 65U, 127U, 128U, 129U, 191U, 192U, 255U}) {
        all.push_back(U256(1) << bits);
        all.push_back((U256(1) << bits) - U256(1));
        all.push_back(max - (U256(1) << bits));
    }
    for (int i = 0; i < 40; ++i) {
        U256 v;
        const auto limbs = random() % 4 + 1;
        for (std::size_t n = 0; n < limbs; ++n)
            v.limbs[n] = random() % 4 == 0 ? (random() % 2 == 0 ? 0 : ~0ULL) : random();
        v.limbs[limbs - 1] >>= random() % 64;
        all.push_back(v);
    }
    return all;
}

TEST(U256Math, DividesAsIntegersAndGivesZeroForDivisionByZero) {
    for (const auto& a : samples(1))
        for (const auto& b : samples(2)) {
            const auto by_zero = is_zero(b);
            ASSERT_EQ(big(a / b), by_zero ? Big(0) : Big(big(a) / big(b)));
            ASSERT_EQ(big(a % b), by_zero ? Big(0) : Big(big(a) % big(b)));
            // Boost's division of negative numbers rounds to zero as the EVM's.
            const auto sa = signed_big(a);
            const auto sb = signed_big(b);
            ASSERT_EQ(big(signed_div(a, b)), by_zero ? Big(0) : wrapped(sa / sb));
            ASSERT_EQ(big(signed_mod(a, b)), by_zero ? Big(0) : wrapped(sa % sb));
        }
}

TEST(U256Math, ReducesSumsAndProductsWithoutOverflowInBetween) {
    const auto third = samples(3);
    for (const auto& a : samples(1))
        for (const auto& b : samples(2)) {
            for (std::size_t i = 0; i < third.size(); i += 7) {
                const auto& m = third[(i + a.limbs[0] % 7) % third.size()];
                const Big none = 0;
                ASSERT_EQ(big(add_mod(a, b, m)),
                          is_zero(m) ? none : Big((big(a) + big(b)) % big(m)));
                ASSERT_EQ(big(mul_mod(a, b, m)), is_zero(m) ? none : Big(big(a) * big(b) % big(m)));
            }
            const auto product = full_product(a, b);
            Big whole;
            for (std::size_t i = 8; i-- > 0;) whole = (whole << 64) + product[i];
            ASSERT_EQ(whole, big(a) * big(b));
        }
}

TEST(U256Math, RaisesToPowersModuloTheWord) {
    for (const auto& a : samples(4))
        for (const auto& e : samples(5))
            ASSERT_EQ(big(power(a, e)), Big(boost::multiprecision::powm(big(a), big(e), kModulus)))
                << to_decimal(a) << " ^ " << to_decimal(e);
}

TEST(U256Math, ShiftsAndComparesAsTwosComplement) {
    std::vector<U256> shifts;
    for (std::uint64_t s = 0; s <= 260; ++s) shifts.emplace_back(s);
    shifts.push_back(U256(1) << 64);
    shifts.push_back(U256() - U256(1));
    for (const auto& a : samples(6)) {
        for (const auto& s : shifts) {
            const auto n =
                s.fits_u64() && s.low_u64() < 300 ? static_cast<unsigned>(s.low_u64()) : 300u;
            ASSERT_EQ(big(shift_left(a, s)), wrapped(big(a) << n));
            ASSERT_EQ(big(shift_right(a, s)), Big(big(a) >> n));
            Big arithmetic = big(a) >> n;
            if (is_negative(a))
                arithmetic = n >= 256 ? Big(kModulus - 1)
                                      : Big(kModulus - 1 - ((kModulus - 1 - big(a)) >> n));
            ASSERT_EQ(big(shift_right_signed(a, s)), arithmetic);
        }
        for (const auto& b : samples(7))
            ASSERT_EQ(signed_less(a, b), signed_big(a) < signed_big(b));
    }
}

TEST(U256Math, TakesBytesSignsAndLeadingZeros) {
    for (const auto& a : samples(8)) {
        const auto bytes = to_be(a);
        for (std::uint64_t i = 0; i < 34; ++i) {
            ASSERT_EQ(byte_at(U256(i), a), i < 32 ? U256(bytes[i]) : U256());
            Big extended = big(a);
            if (i < 31) {
                const Big span = Big(1) << static_cast<unsigned>(8 * (i + 1));
                extended = big(a) % span;
                if (extended >= span / 2) extended += kModulus - span;
            }
            ASSERT_EQ(big(sign_extend(U256(i), a)), extended);
        }
        ASSERT_EQ(sign_extend(U256(1) << 64, a), a);
        ASSERT_EQ(byte_at(U256(1) << 64, a), U256());
        ASSERT_EQ(count_leading_zeros(a),
                  is_zero(a) ? 256u : 255u - static_cast<unsigned>(msb(big(a))));
        ASSERT_EQ(load_be(bytes.data()), a);
        std::array<std::uint8_t, 32> stored{};
        store_be(stored.data(), a);
        ASSERT_EQ(stored, bytes);
        ASSERT_EQ(big(~a), kModulus - 1 - big(a));
    }
}

TEST(U256Math, CombinesBitsLimbByLimb) {
    for (const auto& a : samples(9))
        for (const auto& b : samples(10)) {
            ASSERT_EQ(big(a & b), Big(big(a) & big(b)));
            ASSERT_EQ(big(a | b), Big(big(a) | big(b)));
            ASSERT_EQ(big(a ^ b), Big(big(a) ^ big(b)));
        }
}

} // namespace
} // namespace viz::eth
