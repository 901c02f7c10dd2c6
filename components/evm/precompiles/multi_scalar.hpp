// Sums of many multiples of points.
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

// Few points: one row of doublings for all (Straus 1964).
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

// Many points: buckets of equal digits (Pippenger 1976).
template <class F, std::size_t N>
JacobianPoint<F> sum_by_buckets(std::span<const Multiple<F, N>> terms) {
    // A window costs about terms + 2^width additions, and there are 64 N / width of them.
    const auto log = static_cast<std::size_t>(std::bit_width(terms.size()));
    const std::size_t width = std::clamp<std::size_t>(log, 4, 14) - 2;
    std::vector<JacobianPoint<F>> buckets(std::size_t{1} << width);
    const auto digit_at = [&](const Limbs<N>& scalar, std::size_t bit) {
        std::uint64_t v = scalar[bit / 64] >> (bit % 64);
        if (bit % 64 + width > 64 && bit / 64 + 1 < N) v |= scalar[bit / 64 + 1] << (64 - bit % 64);
        return static_cast<std::size_t>(v & ((std::uint64_t{1} << width) - 1));
    };
    JacobianPoint<F> total;
    for (std::size_t window = (64 * N + width - 1) / width; window-- > 0;) {
        for (std::size_t i = 0; i < width; ++i) total = total.doubled();
        std::fill(buckets.begin(), buckets.end(), JacobianPoint<F>());
        for (const auto& term : terms)
            if (const auto digit = digit_at(term.scalar, window * width); digit != 0)
                buckets[digit] = buckets[digit] + term.point;
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
