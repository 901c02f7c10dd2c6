// 0x06..0x08, EIP-196 and EIP-197 with the prices of EIP-1108.
#include "components/evm/precompiles/bn254.hpp"
#include "components/evm/precompiles/bytes.hpp"
#include "components/evm/precompiles/contracts.hpp"
#include "components/evm/run_guard.hpp"

namespace viz::evm::precompiles {

namespace {

using namespace bn254;

constexpr std::size_t kPairSize = 192;
// Some 10 ms; each part has a final exponentiation of its own.
constexpr std::size_t kPairsAtATime = 64;

// 64 bytes: x, y; both zero mean infinity. Returns nullopt for a coordinate not below p and for a
// point not on the curve.
std::optional<G1> read_g1(BytesView bytes) {
    const auto x = Fp::from_be(bytes.first(32));
    const auto y = Fp::from_be(bytes.subspan(32, 32));
    if (!x || !y) return std::nullopt;
    if (x->is_zero() && y->is_zero()) return G1();
    const auto point = G1::at(*x, *y);
    if (!point.is_on_curve(kB)) return std::nullopt;
    return point;
}

// The imaginary part comes first.
std::optional<Fp2> read_fp2(BytesView bytes) {
    const auto c1 = Fp::from_be(bytes.first(32));
    const auto c0 = Fp::from_be(bytes.subspan(32, 32));
    if (!c0 || !c1) return std::nullopt;
    return Fp2{*c0, *c1};
}

// 128 bytes. Also returns nullopt for a point outside the subgroup of order r.
std::optional<G2> read_g2(BytesView bytes) {
    const auto x = read_fp2(bytes.first(64));
    const auto y = read_fp2(bytes.subspan(64, 64));
    if (!x || !y) return std::nullopt;
    if (x->is_zero() && y->is_zero()) return G2();
    const auto point = G2::at(*x, *y);
    if (!point.is_on_curve(twist_b()) || !in_subgroup(point)) return std::nullopt;
    return point;
}

bool pairing(BytesView input, Bytes& output, RunGuard* guard) {
    if (input.size() % kPairSize != 0) return false;
    const auto most = guard != nullptr ? kPairsAtATime : input.size() / kPairSize;
    auto product = Fp12::one();
    do {
        if (guard != nullptr && guard->check() != Interrupt::none) return false;
        std::vector<Pair> pairs;
        for (; !input.empty() && pairs.size() < most; input = input.subspan(kPairSize)) {
            const auto p = read_g1(input.first(64));
            const auto q = read_g2(input.subspan(64, 128));
            if (!p || !q) return false;
            pairs.push_back({*p, *q});
        }
        product = product * pairing_product(pairs);
    } while (!input.empty());
    output.resize(32);
    output[31] = product == Fp12::one() ? 1 : 0;
    return true;
}

void write_g1(const JacobianPoint<Fp>& point, Bytes& output) {
    output.resize(64);
    const auto affine = point.to_affine();
    if (affine.infinity) return;
    affine.x.to_be(std::span(output).first(32));
    affine.y.to_be(std::span(output).subspan(32, 32));
}

} // namespace

std::uint64_t bn254_add_gas(BytesView /*input*/, Fork /*fork*/) {
    return 150;
}

bool bn254_add_run(BytesView input, Fork /*fork*/, Bytes& output) {
    const auto words = read_padded<128>(input, 0);
    const auto p = read_g1(BytesView(words).first(64));
    const auto q = read_g1(BytesView(words).subspan(64));
    if (!p || !q) return false;
    write_g1(JacobianPoint<Fp>(*p) + *q, output);
    return true;
}

std::uint64_t bn254_mul_gas(BytesView /*input*/, Fork /*fork*/) {
    return 6000;
}

bool bn254_mul_run(BytesView input, Fork /*fork*/, Bytes& output) {
    const auto words = read_padded<96>(input, 0);
    const auto p = read_g1(BytesView(words).first(64));
    if (!p) return false;
    write_g1(multiply_g1(*p, limbs_from_be<4>(BytesView(words).subspan(64))), output);
    return true;
}

std::uint64_t bn254_pairing_gas(BytesView input, Fork /*fork*/) {
    return 45000 + 34000 * (static_cast<std::uint64_t>(input.size()) / kPairSize);
}

bool bn254_pairing_run(BytesView input, Fork /*fork*/, Bytes& output) {
    return pairing(input, output, nullptr);
}
bool bn254_pairing_run_guarded(BytesView input, Fork /*fork*/, Bytes& output, RunGuard& guard) {
    return pairing(input, output, &guard);
}

} // namespace viz::evm::precompiles
