#include "components/evm/precompiles/field.hpp"

#include <algorithm>

#include <gmp.h>

namespace viz::evm::precompiles {

static_assert(sizeof(mp_limb_t) == sizeof(std::uint64_t));

void invert(std::span<const std::uint64_t> value, std::span<const std::uint64_t> modulus,
            std::span<std::uint64_t> out) {
    const auto view = [](mpz_t handle, std::span<const std::uint64_t> v) {
        mpz_roinit_n(handle, v.data(), static_cast<mp_size_t>(v.size()));
    };
    mpz_t a, p, inverse;
    view(a, value);
    view(p, modulus);
    mpz_init2(inverse, 64 * modulus.size());
    mpz_invert(inverse, a, p);
    std::fill(out.begin(), out.end(), 0);
    std::copy_n(mpz_limbs_read(inverse), mpz_size(inverse), out.begin());
    mpz_clear(inverse);
}

} // namespace viz::evm::precompiles
