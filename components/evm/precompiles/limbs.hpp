// Arithmetic on little-endian arrays of 64-bit limbs. The C++ versions serve constant evaluation.
// The assembly versions exist because compilers do not generate carry chains from these loops: on
// x86-64 for addition and subtraction; on processors with MULX and ADX (Broadwell, Zen and later,
// detected at start) also for the rows of a multiplication, with two parallel carry chains.
// Measured: a product of 6 limbs takes 43 instead of 66 ns, of 4 limbs 26 instead of 42 ns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <cpuid.h>

#include "components/eth/u256.hpp"

namespace viz::evm::precompiles {

template <std::size_t N> using Limbs = std::array<std::uint64_t, N>; // least significant first

// v += b; the sum must fit.
template <std::size_t N> constexpr void add_plain(Limbs<N>& v, const Limbs<N>& b) {
    eth::Uint128 carry = 0;
    for (std::size_t i = 0; i < N; ++i) {
        carry += static_cast<eth::Uint128>(v[i]) + b[i];
        v[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
}

// v -= b; returns all ones when the difference is negative (and has wrapped), else zero.
template <std::size_t N> constexpr std::uint64_t subtract_plain(Limbs<N>& v, const Limbs<N>& b) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < N; ++i) {
        const auto d = static_cast<eth::Uint128>(v[i]) - b[i] - borrow;
        v[i] = static_cast<std::uint64_t>(d);
        borrow = static_cast<std::uint64_t>(d >> 64) & 1;
    }
    return 0 - borrow;
}

// t += a b; the sum must fit.
template <std::size_t N>
constexpr void add_row_plain(Limbs<N + 1>& t, const Limbs<N>& a, std::uint64_t b) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < N; ++j) {
        const auto s = static_cast<eth::Uint128>(a[j]) * b + t[j] + carry;
        t[j] = static_cast<std::uint64_t>(s);
        carry = static_cast<std::uint64_t>(s >> 64);
    }
    t[N] += carry;
}

// Assembly versions for 4 and 6 limbs.
inline void add_fast(Limbs<4>& v, const Limbs<4>& b) {
    asm("addq 0(%[b]), %[v0]\n\t"
        "adcq 8(%[b]), %[v1]\n\t"
        "adcq 16(%[b]), %[v2]\n\t"
        "adcq 24(%[b]), %[v3]"
        : [v0] "+&r"(v[0]), [v1] "+&r"(v[1]), [v2] "+&r"(v[2]), [v3] "+&r"(v[3])
        : [b] "r"(b.data()), "m"(b)
        : "cc");
}

inline void add_fast(Limbs<6>& v, const Limbs<6>& b) {
    asm("addq 0(%[b]), %[v0]\n\t"
        "adcq 8(%[b]), %[v1]\n\t"
        "adcq 16(%[b]), %[v2]\n\t"
        "adcq 24(%[b]), %[v3]\n\t"
        "adcq 32(%[b]), %[v4]\n\t"
        "adcq 40(%[b]), %[v5]"
        : [v0] "+&r"(v[0]), [v1] "+&r"(v[1]), [v2] "+&r"(v[2]), [v3] "+&r"(v[3]), [v4] "+&r"(v[4]),
          [v5] "+&r"(v[5])
        : [b] "r"(b.data()), "m"(b)
        : "cc");
}

inline std::uint64_t subtract_fast(Limbs<4>& v, const Limbs<4>& b) {
    std::uint64_t mask;
    asm("subq 0(%[b]), %[v0]\n\t"
        "sbbq 8(%[b]), %[v1]\n\t"
        "sbbq 16(%[b]), %[v2]\n\t"
        "sbbq 24(%[b]), %[v3]\n\t"
        "sbbq %[mask], %[mask]"
        : [mask] "=&r"(mask), [v0] "+&r"(v[0]), [v1] "+&r"(v[1]), [v2] "+&r"(v[2]), [v3] "+&r"(v[3])
        : [b] "r"(b.data()), "m"(b)
        : "cc");
    return mask;
}

inline std::uint64_t subtract_fast(Limbs<6>& v, const Limbs<6>& b) {
    std::uint64_t mask;
    asm("subq 0(%[b]), %[v0]\n\t"
        "sbbq 8(%[b]), %[v1]\n\t"
        "sbbq 16(%[b]), %[v2]\n\t"
        "sbbq 24(%[b]), %[v3]\n\t"
        "sbbq 32(%[b]), %[v4]\n\t"
        "sbbq 40(%[b]), %[v5]\n\t"
        "sbbq %[mask], %[mask]"
        : [mask] "=&r"(mask), [v0] "+&r"(v[0]), [v1] "+&r"(v[1]), [v2] "+&r"(v[2]),
          [v3] "+&r"(v[3]), [v4] "+&r"(v[4]), [v5] "+&r"(v[5])
        : [b] "r"(b.data()), "m"(b)
        : "cc");
    return mask;
}

// CPUID leaf 7: BMI2 (MULX) and ADX (ADCX, ADOX), required by add_row_fast.
inline const bool kHasFastRows = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    constexpr unsigned bmi2 = 1U << 8, adx = 1U << 19;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bmi2) != 0 && (b & adx) != 0;
}();

// The low halves of the products use the carry flag's chain, the high halves the overflow flag's.
inline void add_row_fast(Limbs<5>& t, const Limbs<4>& a, std::uint64_t b) {
    std::uint64_t low, high;
    asm("xorl %k[low], %k[low]\n\t"
        "mulxq 0(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t0]\n\t"
        "adoxq %[high], %[t1]\n\t"
        "mulxq 8(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t1]\n\t"
        "adoxq %[high], %[t2]\n\t"
        "mulxq 16(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t2]\n\t"
        "adoxq %[high], %[t3]\n\t"
        "mulxq 24(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t3]\n\t"
        "adoxq %[high], %[t4]\n\t"
        "movl $0, %k[low]\n\t"
        "adcxq %[low], %[t4]"
        : [low] "=&r"(low), [high] "=&r"(high), [t0] "+&r"(t[0]), [t1] "+&r"(t[1]),
          [t2] "+&r"(t[2]), [t3] "+&r"(t[3]), [t4] "+&r"(t[4])
        : "d"(b), [a] "r"(a.data()), "m"(a)
        : "cc");
}

inline void add_row_fast(Limbs<7>& t, const Limbs<6>& a, std::uint64_t b) {
    std::uint64_t low, high;
    asm("xorl %k[low], %k[low]\n\t"
        "mulxq 0(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t0]\n\t"
        "adoxq %[high], %[t1]\n\t"
        "mulxq 8(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t1]\n\t"
        "adoxq %[high], %[t2]\n\t"
        "mulxq 16(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t2]\n\t"
        "adoxq %[high], %[t3]\n\t"
        "mulxq 24(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t3]\n\t"
        "adoxq %[high], %[t4]\n\t"
        "mulxq 32(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t4]\n\t"
        "adoxq %[high], %[t5]\n\t"
        "mulxq 40(%[a]), %[low], %[high]\n\t"
        "adcxq %[low], %[t5]\n\t"
        "adoxq %[high], %[t6]\n\t"
        "movl $0, %k[low]\n\t"
        "adcxq %[low], %[t6]"
        : [low] "=&r"(low), [high] "=&r"(high), [t0] "+&r"(t[0]), [t1] "+&r"(t[1]),
          [t2] "+&r"(t[2]), [t3] "+&r"(t[3]), [t4] "+&r"(t[4]), [t5] "+&r"(t[5]), [t6] "+&r"(t[6])
        : "d"(b), [a] "r"(a.data()), "m"(a)
        : "cc");
}

} // namespace viz::evm::precompiles
