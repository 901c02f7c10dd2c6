// 0x0a, EIP-4844: verifies that the committed polynomial has the value y at z, with the KZG proof
// (Kate, Zaverucha, Goldberg 2010) and the ceremony's trusted setup.
#include <cryptopp/sha.h>

#include "components/evm/precompiles/bls12_381.hpp"
#include "components/evm/precompiles/bytes.hpp"
#include "components/evm/precompiles/contracts.hpp"
#include "components/evm/precompiles/multi_scalar.hpp"
#include "components/evm/precompiles/roots.hpp"

namespace viz::evm::precompiles {

namespace {

using namespace bls12_381;

constexpr std::size_t kInputSize = 192; // versioned hash, z, y 32 each; commitment, proof 48 each
constexpr std::uint8_t kVersion = 0x01; // VERSIONED_HASH_VERSION_KZG
constexpr std::uint64_t kFieldElements = 4096; // FIELD_ELEMENTS_PER_BLOB

consteval Fp constant(std::string_view digits) {
    return Fp::from_integer(limbs<6>(digits));
}

// Compressed form: bit 7 of the first byte is set, bit 6 means infinity, bit 5 that y is the
// greater root. Returns nullopt for any other form, for a point not on the curve, and for a point
// outside the subgroup.
std::optional<G1> read_compressed(BytesView bytes) {
    const auto flags = bytes[0] >> 5;
    if ((flags & 4) == 0) return std::nullopt;
    std::array<std::uint8_t, 48> digits;
    std::copy(bytes.begin(), bytes.end(), digits.begin());
    digits[0] &= 0x1f;
    if ((flags & 2) != 0) {
        if ((flags & 1) != 0 || !all_zero(digits)) return std::nullopt;
        return G1();
    }
    const auto x = Fp::from_be(digits);
    if (!x) return std::nullopt;
    auto y = square_root(x->squared() * *x + kB);
    if (!y) return std::nullopt;
    const bool greater = less((-*y).to_integer(), y->to_integer());
    if (greater != ((flags & 1) != 0)) y = -*y;
    const auto point = G1::at(*x, *y);
    if (!in_subgroup(point)) return std::nullopt;
    return point;
}

// tau times the generator of G2, where tau is the ceremony's secret: the second G2 point of its
// monomial setup (consensus-specs, trusted_setup_4096.json).
G2 tau_g2() {
    const Fp2 x = {constant("185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b"
                            "087041de621000edc98edada20c1def2"),
                   constant("15bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d"
                            "2914e5870cb452d2afaaab24f3499f72")};
    const auto y = square_root(x.squared() * x + kTwistB).value();
    // Its compressed form begins with 0xb5: y is the greater root.
    const auto greater = [](const Fp2& a) {
        const auto& part = a.c1.is_zero() ? a.c0 : a.c1;
        return less((-part).to_integer(), part.to_integer());
    };
    return G2::at(x, greater(y) ? y : -y);
}

struct Setup {
    PreparedG2 minus_one{-g2_generator()};
    PreparedG2 tau{tau_g2()};
};

const Setup& setup() {
    static const Setup instance;
    return instance;
}

// e(proof, (tau - z) G2) = e(commitment - y G1, G2), rearranged so that the points of the twist are
// fixed: e(proof, tau G2) e(commitment - y G1 + z proof, -G2) = 1.
bool verify(const G1& commitment, const G1& proof, const Limbs<4>& z, const Limbs<4>& y) {
    using Term = Multiple<Fp, 4>;
    const std::array<Term, 2> terms = {Term{-g1_generator(), y}, Term{proof, z}};
    const auto left = sum_by_interleaving(std::span<const Term>(terms)) + commitment;
    const std::array<PreparedPair, 2> pairs = {
        {{left.to_affine(), &setup().minus_one}, {proof, &setup().tau}}};
    return pairing_product(std::span<const PreparedPair>(pairs)) == Fp12::one();
}

bool is_versioned_hash(BytesView hash, BytesView commitment) {
    std::array<std::uint8_t, 32> digest;
    CryptoPP::SHA256().CalculateDigest(digest.data(), commitment.data(), commitment.size());
    digest[0] = kVersion;
    return std::equal(hash.begin(), hash.end(), digest.begin(), digest.end());
}

} // namespace

std::uint64_t point_evaluation_gas(BytesView /*input*/, Fork /*fork*/) {
    return 50000;
}

bool point_evaluation_run(BytesView input, Fork /*fork*/, Bytes& output) {
    if (input.size() != kInputSize) return false;
    const auto commitment_bytes = input.subspan(96, 48);
    if (!is_versioned_hash(input.first(32), commitment_bytes)) return false;
    constexpr auto order = ScalarParameters::kModulus;
    const auto z = limbs_from_be<4>(input.subspan(32, 32));
    const auto y = limbs_from_be<4>(input.subspan(64, 32));
    if (!less(z, order) || !less(y, order)) return false;
    const auto commitment = read_compressed(commitment_bytes);
    const auto proof = read_compressed(input.subspan(144, 48));
    if (!commitment || !proof || !verify(*commitment, *proof, z, y)) return false;
    output.resize(64);
    limbs_to_be(Limbs<4>{kFieldElements}, std::span(output).first(32));
    limbs_to_be(order, std::span(output).subspan(32));
    return true;
}

} // namespace viz::evm::precompiles
