// EVM arithmetic on 256-bit words, Yellow Paper appendix H.2: division, modular arithmetic with
// 512-bit intermediates, two's complement, bits and shifts. Division by zero and reduction modulo
// zero give zero, as the EVM defines.
#pragma once

#include <bit>
#include <cstring>

#include "components/eth/u256.hpp"

namespace viz::eth {

struct DivMod {
    U256 quotient;
    U256 remainder;
};
DivMod div_mod(const U256& dividend, const U256& divisor);
U256 operator/(const U256& a, const U256& b);
U256 operator%(const U256& a, const U256& b);

// Two's complement; the quotient is rounded towards zero, the remainder has the dividend's sign.
U256 signed_div(const U256& a, const U256& b);
U256 signed_mod(const U256& a, const U256& b);

// (a + b) % m and (a * b) % m without intermediate overflow.
U256 add_mod(const U256& a, const U256& b, const U256& m);
U256 mul_mod(const U256& a, const U256& b, const U256& m);

// base^exponent modulo 2^256; 0^0 is 1.
U256 power(U256 base, const U256& exponent);

// The exact product, least significant limb first.
std::array<std::uint64_t, 8> full_product(const U256& a, const U256& b);

constexpr U256 operator&(const U256& a, const U256& b) {
    U256 r;
    for (std::size_t i = 0; i < 4; ++i) r.limbs[i] = a.limbs[i] & b.limbs[i];
    return r;
}
constexpr U256 operator|(const U256& a, const U256& b) {
    U256 r;
    for (std::size_t i = 0; i < 4; ++i) r.limbs[i] = a.limbs[i] | b.limbs[i];
    return r;
}
constexpr U256 operator^(const U256& a, const U256& b) {
    U256 r;
    for (std::size_t i = 0; i < 4; ++i) r.limbs[i] = a.limbs[i] ^ b.limbs[i];
    return r;
}
constexpr U256 operator~(const U256& a) {
    U256 r;
    for (std::size_t i = 0; i < 4; ++i) r.limbs[i] = ~a.limbs[i];
    return r;
}

constexpr bool is_zero(const U256& a) {
    return (a.limbs[0] | a.limbs[1] | a.limbs[2] | a.limbs[3]) == 0;
}
constexpr bool is_negative(const U256& a) {
    return (a.limbs[3] >> 63) != 0;
}
constexpr U256 negate(const U256& a) {
    return U256() - a;
}
constexpr bool signed_less(const U256& a, const U256& b) {
    return is_negative(a) != is_negative(b) ? is_negative(a) : a < b;
}

// Decimal digits of a two's complement value; a negative value has a leading minus.
inline std::string to_signed_decimal(const U256& a) {
    return is_negative(a) ? '-' + to_decimal(negate(a)) : to_decimal(a);
}

// Shifts by any number of bits; a shift of 256 or more gives zero.
constexpr U256 operator<<(const U256& a, std::uint64_t bits) {
    if (bits >= 256) return {};
    const auto limbs = static_cast<std::size_t>(bits / 64);
    const auto rest = static_cast<unsigned>(bits % 64);
    U256 r;
    for (std::size_t i = 4; i-- > limbs;) {
        r.limbs[i] = a.limbs[i - limbs] << rest;
        if (rest != 0 && i > limbs) r.limbs[i] |= a.limbs[i - limbs - 1] >> (64 - rest);
    }
    return r;
}
constexpr U256 operator>>(const U256& a, std::uint64_t bits) {
    if (bits >= 256) return {};
    const auto limbs = static_cast<std::size_t>(bits / 64);
    const auto rest = static_cast<unsigned>(bits % 64);
    U256 r;
    for (std::size_t i = 0; i + limbs < 4; ++i) {
        r.limbs[i] = a.limbs[i + limbs] >> rest;
        if (rest != 0 && i + limbs < 3) r.limbs[i] |= a.limbs[i + limbs + 1] << (64 - rest);
    }
    return r;
}
// EIP-145 SHL, SHR, SAR; the shift is a word.
constexpr U256 shift_left(const U256& a, const U256& bits) {
    return bits.fits_u64() ? a << bits.low_u64() : U256();
}
constexpr U256 shift_right(const U256& a, const U256& bits) {
    return bits.fits_u64() ? a >> bits.low_u64() : U256();
}
constexpr U256 shift_right_signed(const U256& a, const U256& bits) {
    if (!is_negative(a)) return shift_right(a, bits);
    return ~shift_right(~a, bits);
}

// Extends the sign of the number in the low `byte_index` + 1 bytes; unchanged from index 31.
constexpr U256 sign_extend(const U256& byte_index, const U256& a) {
    if (!byte_index.fits_u64() || byte_index.low_u64() > 30) return a;
    const auto unused = 256 - 8 * (byte_index.low_u64() + 1);
    return shift_right_signed(a << unused, U256(unused));
}

// The byte at `index`, counted from the most significant; zero from index 32.
constexpr U256 byte_at(const U256& index, const U256& a) {
    if (!index.fits_u64() || index.low_u64() > 31) return {};
    const auto from_low = static_cast<std::size_t>(31 - index.low_u64());
    return {(a.limbs[from_low / 8] >> (8 * (from_low % 8))) & 0xff};
}

// EIP-7939; 256 for zero.
constexpr unsigned count_leading_zeros(const U256& a) {
    for (std::size_t i = 4; i-- > 0;)
        if (a.limbs[i] != 0)
            return static_cast<unsigned>(64 * (3 - i)) +
                   static_cast<unsigned>(std::countl_zero(a.limbs[i]));
    return 256;
}

// 32 big-endian bytes, loaded from and stored to memory of any alignment.
inline U256 load_be(const std::uint8_t* bytes) {
    U256 r;
    std::uint64_t word[4];
    std::memcpy(word, bytes, sizeof word);
    for (std::size_t i = 0; i < 4; ++i) r.limbs[i] = __builtin_bswap64(word[3 - i]);
    return r;
}
inline void store_be(std::uint8_t* bytes, const U256& v) {
    std::uint64_t word[4];
    for (std::size_t i = 0; i < 4; ++i) word[i] = __builtin_bswap64(v.limbs[3 - i]);
    std::memcpy(bytes, word, sizeof word);
}

} // namespace viz::eth
