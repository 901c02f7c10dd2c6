// Integers of 512 bits for intermediate products and roots that exceed 256 bits.
#pragma once

#include <optional>

#include "components/eth/u256_math.hpp"

namespace viz::search::amm {

using eth::U256;
using eth::Uint128;
__extension__ using Int128 = __int128;

constexpr U256 from_u128(Uint128 v) {
    U256 r(static_cast<std::uint64_t>(v));
    r.limbs[1] = static_cast<std::uint64_t>(v >> 64);
    return r;
}
// The low 128 bits.
constexpr Uint128 low_u128(const U256& v) {
    return static_cast<Uint128>(v.limbs[1]) << 64 | v.limbs[0];
}
constexpr U256 max_of_bits(unsigned bits) {
    return (U256(1) << bits) - U256(1);
}

// floor(a * b / divisor) and its ceiling on the exact product. Nothing when the divisor is zero or
// the result does not fit: the contracts' FullMath reverts then.
std::optional<U256> mul_div(const U256& a, const U256& b, const U256& divisor);
std::optional<U256> mul_div_up(const U256& a, const U256& b, const U256& divisor);
// ceil(a / b); b is not zero.
U256 div_up(const U256& a, const U256& b);

struct U512 {
    std::array<std::uint64_t, 8> limbs{}; // least significant first

    U512() = default;
    explicit U512(const U256& v);
    friend bool operator==(const U512&, const U512&) = default;
    friend std::strong_ordering operator<=>(const U512& a, const U512& b);
};
// Modulo 2^512.
U512 operator+(const U512& a, const U512& b);
U512 operator-(const U512& a, const U512& b);
U512 operator*(const U512& a, std::uint64_t b);
U512 operator>>(const U512& a, unsigned bits); // below 512
U512 product(const U256& a, const U256& b);
// The divisor is not zero.
U512 operator/(const U512& a, const U256& divisor);
// Bits without leading zeros.
unsigned bit_length(const U512& v);
// The low 256 bits.
U256 low_u256(const U512& v);
// The greatest root with root^2 <= v.
U256 isqrt(const U512& v);

} // namespace viz::search::amm
