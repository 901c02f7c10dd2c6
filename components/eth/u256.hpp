// Unsigned 256-bit integer of four little-endian 64-bit limbs, used for every wei amount, fee and
// EVM word. Arithmetic wraps modulo 2^256 as in the EVM; use the checked forms where wrapping would
// be wrong.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace viz::eth {

// The compiler's 128-bit integer is an extension, which -Wpedantic requires to be marked.
__extension__ using Uint128 = unsigned __int128;

struct U256 {
    std::array<std::uint64_t, 4> limbs{}; // limbs[0] is the least significant

    constexpr U256() = default;
    constexpr U256(std::uint64_t v) : limbs{v, 0, 0, 0} {}

    friend constexpr bool operator==(const U256&, const U256&) = default;
    friend constexpr std::strong_ordering operator<=>(const U256& a, const U256& b) {
        for (int i = 3; i > 0; --i) {
            const auto n = static_cast<std::size_t>(i);
            if (a.limbs[n] != b.limbs[n]) return a.limbs[n] <=> b.limbs[n];
        }
        return a.limbs[0] <=> b.limbs[0];
    }

    constexpr bool fits_u64() const { return (limbs[1] | limbs[2] | limbs[3]) == 0; }
    // The low 64 bits; equal to the value only when fits_u64().
    constexpr std::uint64_t low_u64() const { return limbs[0]; }
};

constexpr U256 operator+(const U256& a, const U256& b) {
    U256 r;
    Uint128 carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        carry += static_cast<Uint128>(a.limbs[i]) + b.limbs[i];
        r.limbs[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    return r;
}

constexpr U256 operator-(const U256& a, const U256& b) {
    U256 r;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Uint128 d = static_cast<Uint128>(a.limbs[i]) - b.limbs[i] - borrow;
        r.limbs[i] = static_cast<std::uint64_t>(d);
        borrow = static_cast<std::uint64_t>(d >> 64) & 1;
    }
    return r;
}

constexpr U256 operator*(const U256& a, const U256& b) {
    U256 r;
    for (std::size_t i = 0; i < 4; ++i) {
        Uint128 carry = 0;
        for (std::size_t j = 0; i + j < 4; ++j) {
            carry += static_cast<Uint128>(a.limbs[i]) * b.limbs[j] + r.limbs[i + j];
            r.limbs[i + j] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
    }
    return r;
}

// Returns nullopt when the exact result does not fit in 256 bits.
std::optional<U256> checked_add(const U256& a, const U256& b);
std::optional<U256> checked_mul(const U256& a, const U256& b);

struct DivResult {
    U256 quotient;
    std::uint64_t remainder;
};
// `divisor` must not be zero.
DivResult div_u64(const U256& dividend, std::uint64_t divisor);

// Decimal digits without sign or leading zeros, the form of every `_wei` field.
std::string to_decimal(const U256& v);
// Returns nullopt on an empty string, a non-digit, or a value of 2^256 or more.
std::optional<U256> from_decimal(std::string_view digits);

// Big-endian bytes, at most 32; shorter input gives the low-order bytes.
U256 from_be(std::span<const std::uint8_t> bytes);
std::array<std::uint8_t, 32> to_be(const U256& v);

// Number of bytes without leading zeros: 0 for zero, at most 32 (the RLP length of the integer).
std::size_t byte_length(const U256& v);

} // namespace viz::eth
