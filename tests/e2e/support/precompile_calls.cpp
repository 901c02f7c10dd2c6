// precompile_calls <prague|osaka> <seed> <rounds>: random calls of every precompiled contract and
// what ours make of them, a line each: number, input, price, output or "failed". Points lie in
// their subgroups, anywhere on their curves, at infinity; scalars about the groups' orders; and a
// quarter of the inputs is damaged afterwards.
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

#include "components/eth/hex.hpp"
#include "components/evm/precompile.hpp"
#include "components/evm/precompiles/bls12_381.hpp"
#include "components/evm/precompiles/bn254.hpp"
#include "components/evm/precompiles/roots.hpp"
#include "tests/unit/evm_precompiles/calls.hpp"

namespace {

using namespace viz;
using namespace viz::evm::precompiles;
using eth::Bytes;

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes number(std::uint64_t v) {
    return test::bytes(test::word(v));
}

template <class F> Bytes encoded(const F& v, std::size_t padding) {
    Bytes bytes(padding + F::kBytes);
    v.to_be(std::span(bytes).subspan(padding));
    return bytes;
}

class Calls {
  public:
    Calls(evm::Fork fork, std::uint64_t seed) : fork_(fork), random_(seed) {}

    void round() {
        simple();
        modexp();
        bn254_calls();
        bls12_calls();
        damaged_proofs();
    }
    // Enough terms for sums by buckets.
    void long_sums() {
        sum(0x0c, 30 + below(20), [&] { return bls_g1(0); });
        sum(0x0e, 30 + below(20), [&] { return bls_g2(0); });
    }

  private:
    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    Bytes any(std::size_t size) {
        Bytes bytes(size);
        for (auto& b : bytes) b = static_cast<std::uint8_t>(random_());
        return bytes;
    }

    void call(std::uint16_t contract, const Bytes& input) {
        if (evm::find_precompile(test::contract_address(contract), fork_) == nullptr) return;
        const auto output = test::run(contract, input, fork_);
        std::printf("%u %s %llu %s\n", unsigned{contract}, eth::to_hex(input).c_str(),
                    static_cast<unsigned long long>(test::price(contract, input, fork_)),
                    output ? eth::to_hex(*output).c_str() : "failed");
    }
    void call_damaged(std::uint16_t contract, Bytes input) {
        if (!input.empty() && one_in(8))
            input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        if (!input.empty() && one_in(16)) input.resize(input.size() - 1);
        if (one_in(16)) input.push_back(0);
        call(contract, input);
    }

    Limbs<4> scalar() {
        auto order =
            one_in(2) ? bn254::ScalarParameters::kModulus : bls12_381::ScalarParameters::kModulus;
        switch (below(6)) {
        case 0:
            return {below(5)};
        case 1:
            return {random_()};
        case 2:
            order[0] += below(3);
            return order;
        default:
            return {random_(), random_(), random_(), random_()};
        }
    }
    Bytes scalar_bytes() {
        Bytes bytes(32);
        limbs_to_be(scalar(), bytes);
        return bytes;
    }
    template <class F> F element() {
        typename F::Integer v;
        for (auto& limb : v) limb = random_();
        v[v.size() - 1] %= F::kModulus[v.size() - 1];
        return F::from_integer(v);
    }
    // A point anywhere on the curve.
    template <class F, class Make> AffinePoint<F> somewhere(const F& b, const Make& make) {
        for (;;) {
            const F x = make();
            if (const auto y = square_root(x.squared() * x + b)) return AffinePoint<F>::at(x, *y);
        }
    }

    void simple() {
        call_damaged(0x01, joined({any(32), number(27 + below(2)), any(32), any(32)}));
        for (std::uint16_t contract = 2; contract <= 4; ++contract) call(contract, any(below(300)));
        const Bytes rounds = {0, 0, static_cast<std::uint8_t>(below(4)),
                              static_cast<std::uint8_t>(random_())};
        call_damaged(0x09, joined({rounds, any(208), {static_cast<std::uint8_t>(below(3))}}));
    }

    void modexp() {
        const auto length = [&] { return one_in(20) ? 1020 + below(8) : below(70); };
        const auto base = length(), exponent = length(), modulus = length();
        auto operands = any(base + exponent + modulus);
        if (one_in(4)) operands.resize(below(operands.size() + 1));
        if (!operands.empty() && one_in(3)) operands.back() &= 0xf0;
        call(0x05, joined({number(base), number(exponent), number(modulus), operands}));
    }

    static Bytes written(const bn254::G1& p) {
        return p.infinity ? Bytes(64) : joined({encoded(p.x, 0), encoded(p.y, 0)});
    }
    static Bytes written(const bn254::G2& q) {
        if (q.infinity) return Bytes(128);
        return joined(
            {encoded(q.x.c1, 0), encoded(q.x.c0, 0), encoded(q.y.c1, 0), encoded(q.y.c0, 0)});
    }
    static bn254::G2 bn_generator() {
        const auto bytes =
            test::bytes("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                        "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                        "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                        "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");
        const auto part = [&](std::size_t i) {
            return *bn254::Fp::from_be(eth::BytesView(bytes).subspan(32 * i, 32));
        };
        return bn254::G2::at({part(1), part(0)}, {part(3), part(2)});
    }
    static bn254::G1 bn_multiple(const Limbs<4>& k) {
        const auto generator = bn254::G1::at(bn254::Fp::one(), bn254::Fp::from_u64(2));
        return bn254::multiply_g1(generator, k).to_affine();
    }
    Bytes bn_g1() { return one_in(8) ? Bytes(64) : written(bn_multiple(scalar())); }
    Bytes bn_g2() {
        using bn254::Fp;
        using bn254::Fp2;
        if (one_in(10))
            return written(somewhere<Fp2>(bn254::twist_b(), [&] {
                return Fp2{element<Fp>(), element<Fp>()};
            }));
        return written(multiply(JacobianPoint<Fp2>(bn_generator()), scalar()).to_affine());
    }
    void bn254_calls() {
        call_damaged(0x06, joined({bn_g1(), bn_g1()}));
        const auto p = bn_g1();
        call(0x06, joined({p, p}));
        call_damaged(0x07, joined({p, scalar_bytes()}));
        Bytes pairs;
        for (auto n = below(4); n > 0; --n) pairs = joined({pairs, bn_g1(), bn_g2()});
        call_damaged(0x08, pairs);
        // e(k P, Q) e(P, -k Q)
        const auto k = scalar();
        const auto kq = multiply(JacobianPoint<bn254::Fp2>(-bn_generator()), k).to_affine();
        call(0x08, joined({written(bn_multiple(k)), written(bn_generator()), number(1), number(2),
                           written(kq)}));
    }

    static Bytes written(const bls12_381::G1& p) {
        return p.infinity ? Bytes(128) : joined({encoded(p.x, 16), encoded(p.y, 16)});
    }
    static Bytes written(const bls12_381::G2& q) {
        if (q.infinity) return Bytes(256);
        return joined(
            {encoded(q.x.c0, 16), encoded(q.x.c1, 16), encoded(q.y.c0, 16), encoded(q.y.c1, 16)});
    }
    // One in `outside` lies outside the subgroup; none for 0.
    Bytes bls_g1(std::uint64_t outside) {
        using namespace bls12_381;
        if (one_in(8)) return Bytes(128);
        if (outside != 0 && one_in(outside))
            return written(somewhere<Fp>(kB, [&] { return element<Fp>(); }));
        return written(multiply(JacobianPoint<Fp>(g1_generator()), scalar()).to_affine());
    }
    Bytes bls_g2(std::uint64_t outside) {
        using namespace bls12_381;
        if (one_in(8)) return Bytes(256);
        if (outside != 0 && one_in(outside))
            return written(somewhere<Fp2>(kTwistB, [&] {
                return Fp2{element<Fp>(), element<Fp>()};
            }));
        return written(multiply(JacobianPoint<Fp2>(g2_generator()), scalar()).to_affine());
    }
    template <class Make> void sum(std::uint16_t contract, std::uint64_t terms, const Make& point) {
        Bytes input;
        for (; terms > 0; --terms) input = joined({input, point(), scalar_bytes()});
        call_damaged(contract, input);
    }
    void bls12_calls() {
        using namespace bls12_381;
        call_damaged(0x0b, joined({bls_g1(3), bls_g1(3)}));
        call_damaged(0x0d, joined({bls_g2(3), bls_g2(3)}));
        sum(0x0c, 1 + below(5), [&] { return bls_g1(20); });
        sum(0x0e, 1 + below(5), [&] { return bls_g2(20); });
        Bytes pairs;
        for (auto n = 1 + below(3); n > 0; --n) pairs = joined({pairs, bls_g1(20), bls_g2(20)});
        call_damaged(0x0f, pairs);
        const auto k = scalar();
        const auto kp = multiply(JacobianPoint<Fp>(g1_generator()), k).to_affine();
        const auto kq = multiply(JacobianPoint<Fp2>(-g2_generator()), k).to_affine();
        call(0x0f,
             joined({written(kp), written(g2_generator()), written(g1_generator()), written(kq)}));
        const auto coefficient = [&] { return one_in(5) ? Fp::from_u64(below(3)) : element<Fp>(); };
        call_damaged(0x10, encoded(coefficient(), 16));
        call_damaged(0x11, joined({encoded(coefficient(), 16), encoded(coefficient(), 16)}));
    }

    // The ceremony's proof and the signature of RFC 6979, whole and damaged.
    void damaged_proofs() {
        call_damaged(
            0x0a, test::bytes("01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
                              "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
                              "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
                              "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                              "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253"
                              "fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a"));
        call_damaged(
            0x100, test::bytes("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
                               "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                               "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
                               "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                               "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
    }

    evm::Fork fork_;
    std::mt19937_64 random_;
};

} // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::fprintf(stderr, "usage: precompile_calls <prague|osaka> <seed> <rounds>\n");
        return 2;
    }
    const auto fork =
        std::strcmp(arguments[1], "osaka") == 0 ? evm::Fork::osaka : evm::Fork::prague;
    Calls calls(fork, std::stoull(arguments[2]));
    const auto rounds = std::stoul(arguments[3]);
    for (std::size_t i = 0; i < rounds; ++i) {
        calls.round();
        if (i % 10 == 0) calls.long_sums();
    }
    return 0;
}
