// Square roots in prime fields with p = 3 mod 4 and in their quadratic extensions by u^2 = -1.
#pragma once

#include <optional>

#include "components/evm/precompiles/tower.hpp"

namespace viz::evm::precompiles {

// Returns either root, or nullopt when there is none.
template <class Parameters>
std::optional<Field<Parameters>> square_root(const Field<Parameters>& a) {
    using F = Field<Parameters>;
    static_assert(F::kModulus[0] % 4 == 3);
    constexpr auto exponent = [] { // (p + 1) / 4 = (p - 3) / 4 + 1
        auto e = F::kModulus;
        e[0] -= 3;
        e = divided(e, 4);
        e[0] += 1; // no carry: the lowest limb of (p - 3) / 4 is not all ones
        return e;
    }();
    static_assert(exponent[0] != 0);
    const auto root = a.power(exponent);
    if (root.squared() != a) return std::nullopt;
    return root;
}

// The complex method: with s^2 = a0^2 + a1^2, one of (a0 + s) / 2 and (a0 - s) / 2 is the square of
// the root's real part.
template <class F> std::optional<Quadratic<F>> square_root(const Quadratic<F>& a) {
    if (a.c1.is_zero()) {
        if (const auto real = square_root(a.c0)) return Quadratic<F>{*real, F()};
        if (const auto imaginary = square_root(-a.c0)) return Quadratic<F>{F(), *imaginary};
        return std::nullopt;
    }
    const auto s = square_root(F::sum_of_products(a.c0, a.c0, a.c1, a.c1));
    if (!s) return std::nullopt;
    static const F half = F::from_u64(2).inverse();
    auto real = square_root((a.c0 + *s) * half);
    if (!real) real = square_root((a.c0 - *s) * half);
    if (!real) return std::nullopt;
    const Quadratic<F> root{*real, a.c1 * real->doubled().inverse()};
    if (root.squared() != a) return std::nullopt;
    return root;
}

} // namespace viz::evm::precompiles
