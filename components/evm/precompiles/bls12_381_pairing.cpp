#include "components/evm/precompiles/bls12_381.hpp"

namespace viz::evm::precompiles::bls12_381 {

namespace {

void multiply(Fp12& f, const Line<Fp2>& line, const G1& p) {
    f = f.times_014(line.constant, line.of_x * p.x, line.of_y * p.y);
}

// For each bit of kX below the highest, calls doubling(i) and, where the bit is set, adding(i); the
// callbacks use the next line of each pair.
template <class Doubling, class Adding>
void run_loop(const Doubling& doubling, const Adding& adding) {
    for (int i = 62; i >= 0; --i) {
        doubling();
        if ((kX >> i & 1) != 0) adding();
    }
}

Fp12 power_x(const Fp12& f) {
    return f.cyclotomic_power(kX).conjugate(); // x is negative
}

// The cube of the hard part: (x - 1)^2 (x + p) (x^2 + p^2 - 1) + 3 (Hayashida, Hayasaka, Teruya
// 2020).
Fp12 final_exponentiation(const Fp12& f) {
    const auto m = f.final_easy_part();
    auto t = power_x(m) * m.conjugate();
    t = power_x(t) * t.conjugate();
    t = power_x(t) * t.frobenius();
    t = power_x(power_x(t)) * t.frobenius2() * t.conjugate();
    return t * m.cyclotomic_squared() * m;
}

} // namespace

PreparedG2::PreparedG2(const G2& q) {
    if (q.infinity) return;
    LoopPoint<Fp> t(q);
    run_loop([&] { lines_.push_back(t.double_step(kTwistB)); },
             [&] { lines_.push_back(t.add_step(q)); });
}

Fp12 pairing_product(std::span<const PreparedPair> pairs) {
    auto f = Fp12::one();
    std::size_t line = 0;
    const auto multiply_all = [&] {
        for (const auto& pair : pairs)
            if (!pair.p.infinity && !pair.q->lines().empty())
                multiply(f, pair.q->lines()[line], pair.p);
        ++line;
    };
    run_loop(
        [&] {
            f = f.squared();
            multiply_all();
        },
        multiply_all);
    return final_exponentiation(f.conjugate()); // x is negative
}

Fp12 pairing_product(std::span<const Pair> pairs) {
    struct Runner {
        const Pair* pair;
        LoopPoint<Fp> t;
    };
    std::vector<Runner> runners;
    runners.reserve(pairs.size());
    for (const auto& pair : pairs)
        if (!pair.p.infinity && !pair.q.infinity) runners.push_back({&pair, LoopPoint<Fp>(pair.q)});
    auto f = Fp12::one();
    run_loop(
        [&] {
            f = f.squared();
            for (auto& r : runners) multiply(f, r.t.double_step(kTwistB), r.pair->p);
        },
        [&] {
            for (auto& r : runners) multiply(f, r.t.add_step(r.pair->q), r.pair->p);
        });
    return final_exponentiation(f.conjugate());
}

} // namespace viz::evm::precompiles::bls12_381
