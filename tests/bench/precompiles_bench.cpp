// What each precompiled contract costs in time, through find_precompile as the interpreter calls
// it. The counter says how many million gas a second that is: the lower, the more a caller can make
// a simulation wait for its gas.
#include <benchmark/benchmark.h>

#include "components/evm/precompiles/bls12_381.hpp"
#include "components/evm/precompiles/bn254.hpp"
#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using namespace viz::evm::precompiles;
using test::word;

std::string repeated(const std::string& digits, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += digits;
    return all;
}

void call(benchmark::State& state, std::uint16_t number, const std::string& digits) {
    constexpr auto fork = evm::Fork::osaka;
    const auto& contract = test::contract(number, fork);
    const auto input = test::bytes(digits);
    eth::Bytes output;
    if (!contract.run(input, fork, output)) throw std::runtime_error("the call fails");
    for (auto _ : state) {
        output.clear();
        benchmark::DoNotOptimize(contract.run(input, fork, output));
    }
    const auto gas = static_cast<double>(contract.gas(input, fork)) / 1e6;
    state.counters["Mgas/s"] =
        benchmark::Counter(gas, benchmark::Counter::kIsIterationInvariantRate);
}

const std::string kOnes(64, 'f');
const std::string kEcrecover = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c" +
                               word(28) +
                               "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
                               "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";
const std::string kP256 = "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
                          "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                          "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
                          "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                          "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const std::string kKzg = "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
                         "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
                         "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
                         "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                         "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253"
                         "fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a";
const std::string kBn254G1 = word(1) + word(2);
const std::string kBn254G2 = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                             "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                             "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                             "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";

std::string coordinate(const bls12_381::Fp& v) {
    eth::Bytes bytes(64);
    v.to_be(std::span(bytes).subspan(16));
    return eth::to_hex(bytes).substr(2);
}
std::string bls_g1() {
    const auto p = bls12_381::g1_generator();
    return coordinate(p.x) + coordinate(p.y);
}
std::string bls_g2() {
    const auto q = bls12_381::g2_generator();
    return coordinate(q.x.c0) + coordinate(q.x.c1) + coordinate(q.y.c0) + coordinate(q.y.c1);
}

// Sums of different multiples of different points, by the contract for one of them.
std::string terms(std::uint16_t contract, const std::string& generator, std::size_t count) {
    std::string all;
    for (std::size_t i = 1; i <= count; ++i)
        all += test::call(contract, generator + word(i)) + test::call(0x02, word(i));
    return all;
}

// base, exponent and modulus of the same size, all ones but for an even or odd modulus.
std::string modexp(std::size_t size, bool odd) {
    auto modulus = std::string(2 * size, 'f');
    if (!odd) modulus.back() = 'e';
    return repeated(word(size), 3) + std::string(2 * size, '7') + std::string(2 * size, 'f') +
           modulus;
}

#define VIZ_CALL(name, number, input)                                                              \
    void name(benchmark::State& state) {                                                           \
        call(state, number, input);                                                                \
    }                                                                                              \
    BENCHMARK(name)->Unit(benchmark::kMicrosecond)

VIZ_CALL(Ecrecover, 0x01, kEcrecover);
VIZ_CALL(Sha256_64, 0x02, kOnes + kOnes);
VIZ_CALL(Sha256_4096, 0x02, repeated(kOnes, 128));
VIZ_CALL(Ripemd160_64, 0x03, kOnes + kOnes);
VIZ_CALL(Identity_4096, 0x04, repeated(kOnes, 128));
VIZ_CALL(Modexp_32_odd, 0x05, modexp(32, true));
VIZ_CALL(Modexp_32_even, 0x05, modexp(32, false));
VIZ_CALL(Modexp_256_odd, 0x05, modexp(256, true));
VIZ_CALL(Modexp_256_even, 0x05, modexp(256, false));
VIZ_CALL(Modexp_1024_odd, 0x05, modexp(1024, true));
VIZ_CALL(Bn254_add, 0x06, kBn254G1 + kBn254G1);
VIZ_CALL(Bn254_mul, 0x07, kBn254G1 + kOnes);
VIZ_CALL(Bn254_pairing_1, 0x08, kBn254G1 + kBn254G2);
VIZ_CALL(Bn254_pairing_4, 0x08, repeated(kBn254G1 + kBn254G2, 4));
VIZ_CALL(Blake2f_12, 0x09, word(12, 8) + std::string(416, '1') + "01");
VIZ_CALL(Blake2f_1000000, 0x09, word(1000000, 8) + std::string(416, '1') + "01");
VIZ_CALL(PointEvaluation, 0x0a, kKzg);
VIZ_CALL(Bls12_g1_add, 0x0b, bls_g1() + bls_g1());
VIZ_CALL(Bls12_g1_msm_1, 0x0c, terms(0x0c, bls_g1(), 1));
VIZ_CALL(Bls12_g1_msm_16, 0x0c, terms(0x0c, bls_g1(), 16));
VIZ_CALL(Bls12_g1_msm_128, 0x0c, terms(0x0c, bls_g1(), 128));
VIZ_CALL(Bls12_g2_add, 0x0d, bls_g2() + bls_g2());
VIZ_CALL(Bls12_g2_msm_1, 0x0e, terms(0x0e, bls_g2(), 1));
VIZ_CALL(Bls12_g2_msm_16, 0x0e, terms(0x0e, bls_g2(), 16));
VIZ_CALL(Bls12_g2_msm_128, 0x0e, terms(0x0e, bls_g2(), 128));
VIZ_CALL(Bls12_pairing_1, 0x0f, bls_g1() + bls_g2());
VIZ_CALL(Bls12_pairing_4, 0x0f, repeated(bls_g1() + bls_g2(), 4));
VIZ_CALL(Bls12_map_fp, 0x10, std::string(32, '0') + "1" + std::string(95, '2'));
VIZ_CALL(Bls12_map_fp2, 0x11, repeated(std::string(32, '0') + "1" + std::string(95, '2'), 2));
VIZ_CALL(P256verify, 0x100, kP256);

// A chain of dependent operations, so that it is latency that is measured.
template <class F> void multiplication(benchmark::State& state) {
    auto a = F::from_u64(0x123456789abcdef);
    const auto b = a.squared().squared().squared();
    for (auto _ : state) {
        a = a * b;
        benchmark::DoNotOptimize(a);
    }
}
template <class F> void inversion(benchmark::State& state) {
    auto a = F::from_u64(0x123456789abcdef);
    for (auto _ : state) {
        a = a.inverse() + F::one();
        benchmark::DoNotOptimize(a);
    }
}
BENCHMARK(multiplication<bn254::Fp>);
BENCHMARK(multiplication<bls12_381::Fp>);
BENCHMARK(inversion<bn254::Fp>);
BENCHMARK(inversion<bls12_381::Fp>);

} // namespace
