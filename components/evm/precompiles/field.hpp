// Prime fields of a fixed number of 64-bit limbs in Montgomery form (P. Montgomery, "Modular
// multiplication without trial division", 1985; the CIOS loops of Koc, Acar, Kaliski 1996). The
// modulus must leave the two top bits of its top limb free, so that a sum of two products needs no
// additional limb. Not constant-time, since no input is secret.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "components/eth/types.hpp"
#include "components/evm/precompiles/limbs.hpp"

namespace viz::evm::precompiles {

// Parses hex digits without a prefix; for constants only.
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

template <std::size_t N> constexpr bool less(Limbs<N> a, const Limbs<N>& b) {
    return subtract_plain(a, b) != 0;
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

// Big-endian bytes, 8 per limb.
template <std::size_t N> Limbs<N> limbs_from_be(eth::BytesView bytes) {
    Limbs<N> out{};
    for (std::size_t i = 0; i < 8 * N; ++i) out[N - 1 - i / 8] = out[N - 1 - i / 8] << 8 | bytes[i];
    return out;
}

template <std::size_t N> void limbs_to_be(const Limbs<N>& v, std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < 8 * N; ++i)
        out[i] = static_cast<std::uint8_t>(v[N - 1 - i / 8] >> (56 - 8 * (i % 8)));
}

// value ^ -1 modulo a prime, by GMP; `value` must not be zero.
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
    // Copies limb by limb, as the limbs are written: a wider load would stall until the limbs have
    // left the store buffer.
    constexpr Field(const Field& other) { copy(other); }
    constexpr Field& operator=(const Field& other) {
        copy(other);
        return *this;
    }
    ~Field() = default;
    static constexpr Field one() { return raw(kR); }
    static constexpr Field from_u64(std::uint64_t v) { return from_integer({v}); }
    // `v` must be below the modulus.
    static constexpr Field from_integer(const Integer& v) { return multiply(raw(v), raw(kR2)); }
    // kBytes big-endian bytes; nullopt when the value is not below the modulus.
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
        Field sum = a;
        add(sum.limbs_, b.limbs_);
        return reduced(sum.limbs_);
    }

    friend constexpr Field operator-(const Field& a, const Field& b) {
        Field difference = a;
        const auto negative = subtract(difference.limbs_, b.limbs_);
        Integer correction{};
        for_each_limb([&](std::size_t i) { correction[i] = kModulus[i] & negative; });
        add(difference.limbs_, correction);
        return difference;
    }

    constexpr Field operator-() const { return Field() - *this; }
    friend constexpr Field operator*(const Field& a, const Field& b) { return multiply(a, b); }
    constexpr Field squared() const { return multiply(*this, *this); }
    constexpr Field doubled() const { return *this + *this; }

    // a * b + c * d with one reduction.
    static constexpr Field sum_of_products(const Field& a, const Field& b, const Field& c,
                                           const Field& d) {
        if (!std::is_constant_evaluated() && kHasFastRows)
            return sum_of_two_products<true>(a, b, c, d);
        return sum_of_two_products<false>(a, b, c, d);
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

    // Returns zero for zero.
    Field inverse() const {
        if (is_zero()) return {};
        Field out;
        invert(limbs_, kModulus, out.limbs_);
        return multiply(out, raw(kR3)); // (aR)^-1 * R^3 / R = a^-1 R
    }

  private:
    // One limb more than the field, for intermediate results of a multiplication.
    using Accumulator = Limbs<kLimbs + 1>;

    static constexpr Field raw(const Integer& v) {
        Field f;
        f.limbs_ = v;
        return f;
    }

    constexpr void copy(const Field& other) {
        for_each_limb([&](std::size_t i) { limbs_[i] = other.limbs_[i]; });
    }

    static constexpr void add(Integer& v, const Integer& b) {
        if (std::is_constant_evaluated())
            add_plain(v, b);
        else
            add_fast(v, b);
    }
    static constexpr std::uint64_t subtract(Integer& v, const Integer& b) {
        return std::is_constant_evaluated() ? subtract_plain(v, b) : subtract_fast(v, b);
    }

    // v, or v - p when that is not negative. If v has one more limb, that limb must be zero.
    template <std::size_t M> static constexpr Field reduced(const Limbs<M>& v) {
        Field out;
        for_each_limb([&](std::size_t i) { out.limbs_[i] = v[i]; });
        const auto negative = subtract(out.limbs_, kModulus);
        for_each_limb([&](std::size_t i) {
            out.limbs_[i] = (v[i] & negative) | (out.limbs_[i] & ~negative);
        });
        return out;
    }

    // Calls body(0), body(1), .. unrolled, so that an accumulator stays in registers.
    template <class Body> static constexpr void for_each_limb(const Body& body) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (body(I), ...);
        }
        (std::make_index_sequence<kLimbs>());
    }

    template <bool Fast>
    static constexpr void add_product(Accumulator& t, const Integer& a, std::uint64_t b) {
        if constexpr (Fast)
            add_row_fast(t, a, b);
        else
            add_row_plain(t, a, b);
    }

    // Clears the lowest limb by adding a multiple of the modulus, and shifts it out.
    template <bool Fast> static constexpr void reduce_limb(Accumulator& t) {
        add_product<Fast>(t, kModulus, t[0] * kInverse);
        for_each_limb([&](std::size_t j) { t[j] = t[j + 1]; });
        t[kLimbs] = 0;
    }

    template <bool Fast>
    [[gnu::noinline]] static constexpr Field product(const Field& a, const Field& b) {
        Accumulator t{};
        for_each_limb([&](std::size_t i) {
            add_product<Fast>(t, a.limbs_, b.limbs_[i]);
            reduce_limb<Fast>(t);
        });
        return reduced(t);
    }

    template <bool Fast>
    [[gnu::noinline]] static constexpr Field sum_of_two_products(const Field& a, const Field& b,
                                                                 const Field& c, const Field& d) {
        Accumulator t{};
        for_each_limb([&](std::size_t i) {
            add_product<Fast>(t, a.limbs_, b.limbs_[i]);
            add_product<Fast>(t, c.limbs_, d.limbs_[i]);
            reduce_limb<Fast>(t);
        });
        return reduced(t);
    }

    static constexpr Field multiply(const Field& a, const Field& b) {
        if (!std::is_constant_evaluated() && kHasFastRows) return product<true>(a, b);
        return product<false>(a, b);
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
