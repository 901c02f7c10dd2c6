#include "components/search/amm/wide.hpp"

#include <algorithm>
#include <span>
#include <type_traits>

#include <gmp.h>

namespace viz::search::amm {

// GMP's limbs are ours.
static_assert(sizeof(mp_limb_t) == 8 && GMP_NAIL_BITS == 0);
static_assert(std::is_same_v<mp_limb_t, std::uint64_t>);

namespace {

mp_size_t significant(std::span<const std::uint64_t> limbs) {
    auto n = limbs.size();
    while (n > 0 && limbs[n - 1] == 0) --n;
    return static_cast<mp_size_t>(n);
}

struct WideDivision {
    U512 quotient;
    bool exact{};
};

WideDivision divide(const U512& a, const U256& divisor) {
    const auto n = significant(a.limbs);
    const auto d = significant(divisor.limbs);
    if (n < d) return {U512(), n == 0};
    WideDivision result;
    std::array<std::uint64_t, 4> rest{};
    mpn_tdiv_qr(result.quotient.limbs.data(), rest.data(), 0, a.limbs.data(), n,
                divisor.limbs.data(), d);
    result.exact = significant(rest) == 0;
    return result;
}

bool fits(const U512& v) {
    return (v.limbs[4] | v.limbs[5] | v.limbs[6] | v.limbs[7]) == 0;
}

} // namespace

U512::U512(const U256& v) {
    std::copy(v.limbs.begin(), v.limbs.end(), limbs.begin());
}

std::strong_ordering operator<=>(const U512& a, const U512& b) {
    return mpn_cmp(a.limbs.data(), b.limbs.data(), 8) <=> 0;
}

U512 operator+(const U512& a, const U512& b) {
    U512 r;
    mpn_add_n(r.limbs.data(), a.limbs.data(), b.limbs.data(), 8);
    return r;
}

U512 operator-(const U512& a, const U512& b) {
    U512 r;
    mpn_sub_n(r.limbs.data(), a.limbs.data(), b.limbs.data(), 8);
    return r;
}

U512 operator*(const U512& a, std::uint64_t b) {
    U512 r;
    mpn_mul_1(r.limbs.data(), a.limbs.data(), 8, b);
    return r;
}

U512 operator>>(const U512& a, unsigned bits) {
    const std::size_t whole = bits / 64;
    const unsigned rest = bits % 64;
    U512 r;
    std::copy(a.limbs.begin() + static_cast<std::ptrdiff_t>(whole), a.limbs.end(), r.limbs.begin());
    if (rest != 0) mpn_rshift(r.limbs.data(), r.limbs.data(), 8, rest);
    return r;
}

U512 product(const U256& a, const U256& b) {
    U512 r;
    r.limbs = eth::full_product(a, b);
    return r;
}

U512 operator/(const U512& a, const U256& divisor) {
    return divide(a, divisor).quotient;
}

unsigned bit_length(const U512& v) {
    const auto n = significant(v.limbs);
    return n == 0 ? 0 : static_cast<unsigned>(mpn_sizeinbase(v.limbs.data(), n, 2));
}

U256 low_u256(const U512& v) {
    U256 r;
    std::copy_n(v.limbs.begin(), 4, r.limbs.begin());
    return r;
}

U256 isqrt(const U512& v) {
    const auto n = significant(v.limbs);
    U256 root;
    if (n != 0) mpn_sqrtrem(root.limbs.data(), nullptr, v.limbs.data(), n);
    return root;
}

std::optional<U256> mul_div(const U256& a, const U256& b, const U256& divisor) {
    if (eth::is_zero(divisor)) return std::nullopt;
    const auto whole = product(a, b);
    if (fits(whole)) return low_u256(whole) / divisor;
    const auto result = divide(whole, divisor);
    if (!fits(result.quotient)) return std::nullopt;
    return low_u256(result.quotient);
}

std::optional<U256> mul_div_up(const U256& a, const U256& b, const U256& divisor) {
    if (eth::is_zero(divisor)) return std::nullopt;
    const auto whole = product(a, b);
    if (fits(whole)) return div_up(low_u256(whole), divisor);
    const auto result = divide(whole, divisor);
    if (!fits(result.quotient)) return std::nullopt;
    const auto floor = low_u256(result.quotient);
    if (result.exact) return floor;
    const auto up = floor + U256(1);
    return eth::is_zero(up) ? std::nullopt : std::optional(up);
}

U256 div_up(const U256& a, const U256& b) {
    const auto d = eth::div_mod(a, b);
    return eth::is_zero(d.remainder) ? d.quotient : d.quotient + U256(1);
}

} // namespace viz::search::amm
