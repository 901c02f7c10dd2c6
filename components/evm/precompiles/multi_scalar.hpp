// Multi-scalar multiplication: sums of scalar multiples of points.
#pragma once

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "components/evm/precompiles/points.hpp"

namespace viz::evm::precompiles {

template <class F, std::size_t N> struct Multiple {
    AffinePoint<F> point;
    Limbs<N> scalar;
};

// For few points: one shared row of doublings (Straus 1964).
template <class F, std::size_t N>
JacobianPoint<F> sum_by_interleaving(std::span<const Multiple<F, N>> terms) {
    struct Row {
        std::array<JacobianPoint<F>, 8> table;
        SignedDigits<N> digits;
    };
    std::vector<Row> rows;
    rows.reserve(terms.size());
    std::size_t places = 0;
    for (const auto& term : terms) {
        rows.push_back({odd_multiples(JacobianPoint<F>(term.point)), SignedDigits<N>(term.scalar)});
        places = std::max(places, rows.back().digits.size);
    }
    JacobianPoint<F> sum;
    for (std::size_t i = places; i-- > 0;) {
        sum = sum.doubled();
        for (const auto& row : rows)
            if (row.digits.digit[i] != 0) sum = sum + digit_of(row.table, row.digits.digit[i]);
    }
    return sum;
}

// A scalar in signed digits of `width` bits, from -2^(width - 1) + 1 to 2^(width - 1), least
// significant first. Signed digits halve the number of buckets.
template <std::size_t N>
void append_signed_windows(const Limbs<N>& scalar, std::size_t width, std::vector<int>& out) {
    int carry = 0;
    for (std::size_t bit = 0; bit <= 64 * N; bit += width) {
        std::uint64_t v = 0;
        if (bit < 64 * N) v = scalar[bit / 64] >> (bit % 64);
        if (bit % 64 + width > 64 && bit / 64 + 1 < N) v |= scalar[bit / 64 + 1] << (64 - bit % 64);
        int digit = static_cast<int>(v & ((std::uint64_t{1} << width) - 1)) + carry;
        carry = digit > 1 << (width - 1) ? 1 : 0;
        out.push_back(digit - (carry << width));
    }
}

// For many points: buckets of equal digits (Pippenger 1976).
template <class F, std::size_t N>
JacobianPoint<F> sum_by_buckets(std::span<const Multiple<F, N>> terms) {
    // A window costs about terms + 2^width additions; there are 64 N / width windows.
    const auto log = static_cast<std::size_t>(std::bit_width(terms.size()));
    const std::size_t width = std::clamp<std::size_t>(log, 4, 14) - 2;
    const std::size_t windows = 64 * N / width + 1;
    std::vector<int> digits;
    digits.reserve(terms.size() * windows);
    for (const auto& term : terms) append_signed_windows(term.scalar, width, digits);

    std::vector<JacobianPoint<F>> buckets((std::size_t{1} << (width - 1)) + 1);
    JacobianPoint<F> total;
    for (std::size_t window = windows; window-- > 0;) {
        for (std::size_t i = 0; i < width; ++i) total = total.doubled();
        std::fill(buckets.begin(), buckets.end(), JacobianPoint<F>());
        for (std::size_t i = 0; i < terms.size(); ++i) {
            const int digit = digits[i * windows + window];
            if (digit == 0) continue;
            auto& bucket = buckets[static_cast<std::size_t>(digit < 0 ? -digit : digit)];
            bucket = bucket + (digit < 0 ? -terms[i].point : terms[i].point);
        }
        JacobianPoint<F> running, sum; // sum of d times bucket d
        for (std::size_t d = buckets.size(); d-- > 1;) {
            running = running + buckets[d];
            sum = sum + running;
        }
        total = total + sum;
    }
    return total;
}

template <class F, std::size_t N>
JacobianPoint<F> sum_of_multiples(std::span<const Multiple<F, N>> terms) {
    return terms.size() < 32 ? sum_by_interleaving(terms) : sum_by_buckets(terms);
}

} // namespace viz::evm::precompiles
