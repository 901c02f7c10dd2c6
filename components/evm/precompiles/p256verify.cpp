#include "components/evm/precompiles/contracts.hpp"

#include <memory>
#include <new>
#include <stdexcept>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include "components/evm/precompiles/bytes.hpp"

namespace viz::evm::precompiles {

namespace {

constexpr std::size_t kInputSize = 160; // hash, r, s, x, y

struct Free {
    void operator()(BIGNUM* p) const { BN_free(p); }
    void operator()(BN_CTX* p) const { BN_CTX_free(p); }
    void operator()(EC_GROUP* p) const { EC_GROUP_free(p); }
    void operator()(EC_POINT* p) const { EC_POINT_free(p); }
};
using Number = std::unique_ptr<BIGNUM, Free>;
using Scratch = std::unique_ptr<BN_CTX, Free>;
using Group = std::unique_ptr<EC_GROUP, Free>;
using Point = std::unique_ptr<EC_POINT, Free>;

// OpenSSL returns null only when out of memory.
template <class Owner> Owner owned(typename Owner::pointer handle) {
    if (handle == nullptr) throw std::bad_alloc();
    return Owner(handle);
}

// P-256 in OpenSSL's optimised implementation; immutable after creation.
const EC_GROUP* curve() {
    static const auto group = owned<Group>(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    return group.get();
}

Number number(BytesView bytes) {
    return owned<Number>(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

bool in_scalar_range(const Number& v) {
    return !BN_is_zero(v.get()) && BN_cmp(v.get(), EC_GROUP_get0_order(curve())) < 0;
}

// FIPS 186-5 section 6.4.2, on a hash of any 32 bytes.
bool verify(BytesView input) {
    const auto hash = number(input.first(32));
    const auto r = number(input.subspan(32, 32));
    const auto s = number(input.subspan(64, 32));
    const auto x = number(input.subspan(96, 32));
    const auto y = number(input.subspan(128, 32));
    if (!in_scalar_range(r) || !in_scalar_range(s)) return false;

    const auto* group = curve();
    const auto* order = EC_GROUP_get0_order(group);
    const auto* prime = EC_GROUP_get0_field(group);
    if (BN_cmp(x.get(), prime) >= 0 || BN_cmp(y.get(), prime) >= 0) return false;
    const auto scratch = owned<Scratch>(BN_CTX_new());
    const auto key = owned<Point>(EC_POINT_new(group));
    // Rejects points not on the curve; infinity has no such coordinates.
    if (EC_POINT_set_affine_coordinates(group, key.get(), x.get(), y.get(), scratch.get()) != 1) {
        ERR_clear_error();
        return false;
    }
    const auto inverse = owned<Number>(BN_new());
    const auto u1 = owned<Number>(BN_new());
    const auto u2 = owned<Number>(BN_new());
    const auto sum = owned<Point>(EC_POINT_new(group));
    if (BN_mod_inverse(inverse.get(), s.get(), order, scratch.get()) == nullptr ||
        BN_mod_mul(u1.get(), hash.get(), inverse.get(), order, scratch.get()) != 1 ||
        BN_mod_mul(u2.get(), r.get(), inverse.get(), order, scratch.get()) != 1 ||
        EC_POINT_mul(group, sum.get(), u1.get(), key.get(), u2.get(), scratch.get()) != 1)
        throw std::runtime_error("OpenSSL failed in arithmetic on P-256");
    if (EC_POINT_is_at_infinity(group, sum.get()) == 1) return false;
    const auto sum_x = owned<Number>(BN_new());
    if (EC_POINT_get_affine_coordinates(group, sum.get(), sum_x.get(), nullptr, scratch.get()) !=
            1 ||
        BN_nnmod(u1.get(), sum_x.get(), order, scratch.get()) != 1)
        throw std::runtime_error("OpenSSL failed in arithmetic on P-256");
    return BN_cmp(u1.get(), r.get()) == 0;
}

} // namespace

std::uint64_t p256verify_gas(BytesView /*input*/, Fork /*fork*/) {
    return 6900;
}

bool p256verify_run(BytesView input, Fork /*fork*/, Bytes& output) {
    if (input.size() != kInputSize || !verify(input)) return true;
    output.resize(32);
    output[31] = 1;
    return true;
}

} // namespace viz::evm::precompiles
