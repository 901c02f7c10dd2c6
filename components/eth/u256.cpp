#include "components/eth/u256.hpp"

#include <algorithm>
#include <cassert>

namespace viz::eth {

std::optional<U256> checked_add(const U256& a, const U256& b) {
    const U256 sum = a + b;
    return sum < a ? std::nullopt : std::optional(sum);
}

std::optional<U256> checked_mul(const U256& a, const U256& b) {
    std::array<std::uint64_t, 8> product{};
    for (std::size_t i = 0; i < 4; ++i) {
        Uint128 carry = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            carry += static_cast<Uint128>(a.limbs[i]) * b.limbs[j] + product[i + j];
            product[i + j] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        product[i + 4] = static_cast<std::uint64_t>(carry);
    }
    if ((product[4] | product[5] | product[6] | product[7]) != 0) return std::nullopt;
    U256 result;
    std::copy_n(product.begin(), 4, result.limbs.begin());
    return result;
}

DivResult div_u64(const U256& dividend, std::uint64_t divisor) {
    assert(divisor != 0);
    DivResult result{};
    Uint128 remainder = 0;
    for (std::size_t i = 4; i-- > 0;) {
        const Uint128 part = (remainder << 64) | dividend.limbs[i];
        result.quotient.limbs[i] = static_cast<std::uint64_t>(part / divisor);
        remainder = part % divisor;
    }
    result.remainder = static_cast<std::uint64_t>(remainder);
    return result;
}

std::string to_decimal(const U256& v) {
    if (v.fits_u64()) return std::to_string(v.limbs[0]);
    // 19 digits at a time: the largest power of ten in 64 bits.
    constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000ULL;
    std::string digits;
    U256 rest = v;
    while (!rest.fits_u64() || rest.limbs[0] >= kChunk) {
        const auto [quotient, remainder] = div_u64(rest, kChunk);
        auto chunk = std::to_string(remainder);
        chunk.insert(0, 19 - chunk.size(), '0');
        digits.insert(0, chunk);
        rest = quotient;
    }
    return std::to_string(rest.limbs[0]) + digits;
}

// Processes nineteen digits at a time, which fit a word; most amounts need one or two steps.
std::optional<U256> from_decimal(std::string_view digits) {
    if (digits.empty()) return std::nullopt;
    U256 value;
    while (!digits.empty()) {
        const auto part = digits.substr(0, 19);
        digits.remove_prefix(part.size());
        std::uint64_t word = 0;
        std::uint64_t scale = 1;
        for (const char c : part) {
            if (c < '0' || c > '9') return std::nullopt;
            word = word * 10 + static_cast<std::uint64_t>(c - '0');
            scale *= 10;
        }
        const auto shifted = checked_mul(value, U256(scale));
        if (!shifted) return std::nullopt;
        const auto added = checked_add(*shifted, U256(word));
        if (!added) return std::nullopt;
        value = *added;
    }
    return value;
}

U256 from_be(std::span<const std::uint8_t> bytes) {
    assert(bytes.size() <= 32);
    U256 value;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t from_low = bytes.size() - 1 - i;
        value.limbs[from_low / 8] |= static_cast<std::uint64_t>(bytes[i]) << (8 * (from_low % 8));
    }
    return value;
}

std::array<std::uint8_t, 32> to_be(const U256& v) {
    std::array<std::uint8_t, 32> bytes{};
    for (std::size_t i = 0; i < 32; ++i)
        bytes[31 - i] = static_cast<std::uint8_t>(v.limbs[i / 8] >> (8 * (i % 8)));
    return bytes;
}

std::size_t byte_length(const U256& v) {
    for (std::size_t i = 4; i-- > 0;)
        if (v.limbs[i] != 0)
            return 8 * i + (71 - static_cast<std::size_t>(__builtin_clzll(v.limbs[i]))) / 8;
    return 0;
}

} // namespace viz::eth
