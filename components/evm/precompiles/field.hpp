// Prime fields of a fixed number of 64-bit limbs in Montgomery form (P. Montgomery, "Modular
// multiplication without trial division", 1985; the loops are those of CIOS in Koc, Acar, Kaliski
// 1996). The modulus must leave two bits free in its top limb: sums of two products then need no
// limb beyond those of one. Not constant in time; nothing here is secret.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "components/eth/types.hpp"

namespace viz::evm::precompiles {

template <std::size_t N> using Limbs = std::array<std::uint64_t, N>; // least significant first

// Digits without a prefix; for constants only.
template <std::size_t N> consteval Limbs<N> limbs(std::string_view digits) {
    Limbs<N> out{};
    std::size_t bit = 0;
    for (std::size_t i = digits.size(); i-- > 0; bit += 4) {
        const char c = digits[i];
        const auto v = static_cast<std::uint64_t>(c >= 'a' ? c - 'a' + 10 : c - '0');
        out[bit / 64] |= v << (bit % 64);
    }
    return out;
}

// a - b; the borrow is returned.
template <std::size_t N>
constexpr std::uint64_t subtract(Limbs<N>& out, const Limbs<N>& a, const Limbs<N>& b) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const eth::Uint128 d = static_cast<eth::Uint128>(a[i]) - b[i] - borrow;
        out[i] = static_cast<std::uint64_t>(d);
        borrow = static_cast<std::uint64_t>(d >> 64) & 1;
    }
    return borrow;
}

template <std::size_t N> constexpr bool less(const Limbs<N>& a, const Limbs<N>& b) {
    Limbs<N> ignored{};
    return subtract(ignored, a, b) != 0;
}

template <std::size_t N> constexpr bool is_zero(const Limbs<N>& v) {
    std::uint64_t any = 0;
    for (const auto limb : v) any |= limb;
    return any == 0;
}

// v / divisor, rounded down.
template <std::size_t N> constexpr Limbs<N> divided(Limbs<N> v, std::uint64_t divisor) {
    eth::Uint128 remainder = 0;
    for (std::size_t i = N; i-- > 0;) {
        remainder = remainder << 64 | v[i];
        v[i] = static_cast<std::uint64_t>(remainder / divisor);
        remainder %= divisor;
    }
    return v;
}

// Big-endian bytes, 8 a limb.
template <std::size_t N> Limbs<N> limbs_from_be(eth::BytesView bytes) {
    Limbs<N> out{};
    for (std::size_t i = 0; i < 8 * N; ++i) out[N - 1 - i / 8] = out[N - 1 - i / 8] << 8 | bytes[i];
    return out;
}

template <std::size_t N> void limbs_to_be(const Limbs<N>& v, std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < 8 * N; ++i)
        out[i] = static_cast<std::uint8_t>(v[N - 1 - i / 8] >> (56 - 8 * (i % 8)));
}

// value ^ -1 modulo a prime, by GMP; value is not zero.
void invert(std::span<const std::uint64_t> value, std::span<const std::uint64_t> modulus,
            std::span<std::uint64_t> out);

// Parameters: `static constexpr Limbs<N> kModulus`, an odd prime.
template <class Parameters> class Field {
  public:
    static constexpr auto kModulus = Parameters::kModulus;
    static constexpr std::size_t kLimbs = kModulus.size();
    static constexpr std::size_t kBytes = 8 * kLimbs;
    using Integer = Limbs<kLimbs>;
    static_assert(kModulus[kLimbs - 1] >> 62 == 0, "two bits must be free");

    constexpr Field() = default; // zero
    static constexpr Field one() { return raw(kR); }
    static constexpr Field from_u64(std::uint64_t v) { return from_integer({v}); }
    // Below the modulus.
    static constexpr Field from_integer(const Integer& v) { return multiply(raw(v), raw(kR2)); }
    // kBytes big-endian bytes; nothing when they are not below the modulus.
    static std::optional<Field> from_be(eth::BytesView bytes) {
        const auto v = limbs_from_be<kLimbs>(bytes);
        if (!less(v, kModulus)) return std::nullopt;
        return from_integer(v);
    }

    constexpr Integer to_integer() const { return multiply(*this, raw({1})).limbs_; }
    void to_be(std::span<std::uint8_t> out) const { limbs_to_be(to_integer(), out); }

    constexpr bool is_zero() const { return precompiles::is_zero(limbs_); }
    friend constexpr bool operator==(const Field&, const Field&) = default;

    friend constexpr Field operator+(const Field& a, const Field& b) {
        Field sum;
        eth::Uint128 carry = 0;
        for (std::size_t i = 0; i < kLimbs; ++i) {
            carry += static_cast<eth::Uint128>(a.limbs_[i]) + b.limbs_[i];
            sum.limbs_[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return reduced(sum.limbs_);
    }

    friend constexpr Field operator-(const Field& a, const Field& b) {
        Field difference;
        const auto mask = 0 - subtract(difference.limbs_, a.limbs_, b.limbs_);
        eth::Uint128 carry = 0;
        for (std::size_t i = 0; i < kLimbs; ++i) {
            carry += static_cast<eth::Uint128>(difference.limbs_[i]) + (kModulus[i] & mask);
            difference.limbs_[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        return difference;
    }

    constexpr Field operator-() const { return Field() - *this; }
    friend constexpr Field operator*(const Field& a, const Field& b) { return multiply(a, b); }
    constexpr Field squared() const { return multiply(*this, *this); }
    constexpr Field doubled() const { return *this + *this; }

    // a * b + c * d with one reduction.
    static constexpr Field sum_of_products(const Field& a, const Field& b, const Field& c,
                                           const Field& d) {
        Accumulator t{};
        for (std::size_t i = 0; i < kLimbs; ++i) {
            add_product(t, a.limbs_, b.limbs_[i]);
            add_product(t, c.limbs_, d.limbs_[i]);
            reduce_limb(t);
        }
        return reduced(t);
    }

    template <std::size_t M> constexpr Field power(const Limbs<M>& exponent) const {
        Field result = one();
        bool started = false;
        for (std::size_t i = 64 * M; i-- > 0;) {
            if (started) result = result.squared();
            if ((exponent[i / 64] >> (i % 64) & 1) == 0) continue;
            result = started ? result * *this : *this;
            started = true;
        }
        return result;
    }

    // Zero for zero.
    Field inverse() const {
        if (is_zero()) return {};
        Field out;
        invert(limbs_, kModulus, out.limbs_);
        return multiply(out, raw(kR3)); // (aR)^-1 * R^3 / R = a^-1 R
    }

  private:
    // One limb more than the field: what the loops of a multiplication carry.
    using Accumulator = Limbs<kLimbs + 1>;

    static constexpr Field raw(const Integer& v) {
        Field f;
        f.limbs_ = v;
        return f;
    }

    // v, or v - p when that is not negative.
    template <std::size_t M> static constexpr Field reduced(const Limbs<M>& v) {
        Integer low{};
        for (std::size_t i = 0; i < kLimbs; ++i) low[i] = v[i];
        Field out;
        const auto mask = 0 - subtract(out.limbs_, low, kModulus);
        for (std::size_t i = 0; i < kLimbs; ++i)
            out.limbs_[i] = (low[i] & mask) | (out.limbs_[i] & ~mask);
        return out;
    }

    static constexpr void add_product(Accumulator& t, const Integer& a, std::uint64_t b) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < kLimbs; ++j) {
            const auto s = static_cast<eth::Uint128>(a[j]) * b + t[j] + carry;
            t[j] = static_cast<std::uint64_t>(s);
            carry = static_cast<std::uint64_t>(s >> 64);
        }
        t[kLimbs] += carry;
    }

    // Makes the lowest limb zero by adding a multiple of the modulus, and drops it.
    static constexpr void reduce_limb(Accumulator& t) {
        const std::uint64_t m = t[0] * kInverse;
        auto s = static_cast<eth::Uint128>(m) * kModulus[0] + t[0];
        for (std::size_t j = 1; j < kLimbs; ++j) {
            s = static_cast<eth::Uint128>(m) * kModulus[j] + t[j] +
                static_cast<std::uint64_t>(s >> 64);
            t[j - 1] = static_cast<std::uint64_t>(s);
        }
        t[kLimbs - 1] = t[kLimbs] + static_cast<std::uint64_t>(s >> 64);
        t[kLimbs] = 0;
    }

    static constexpr Field multiply(const Field& a, const Field& b) {
        Accumulator t{};
        for (std::size_t i = 0; i < kLimbs; ++i) {
            add_product(t, a.limbs_, b.limbs_[i]);
            reduce_limb(t);
        }
        return reduced(t);
    }

    // 2^bits mod p, by doubling.
    static constexpr Integer power_of_two(std::size_t bits) {
        Field v = raw({1});
        for (std::size_t i = 0; i < bits; ++i) v = v + v;
        return v.limbs_;
    }

    static constexpr std::uint64_t kInverse = [] { // -p^-1 mod 2^64, Newton's iteration
        std::uint64_t inverse = 1;
        for (int i = 0; i < 6; ++i) inverse *= 2 - kModulus[0] * inverse;
        return 0 - inverse;
    }();
    static constexpr Integer kR = power_of_two(64 * kLimbs);
    static constexpr Integer kR2 = power_of_two(128 * kLimbs);
    static constexpr Integer kR3 = power_of_two(192 * kLimbs);

    Integer limbs_{};
};

} // namespace viz::evm::precompiles
