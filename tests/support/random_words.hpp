// Random integers that are the same on every machine. The seed is printed, and VIZ_TEST_SEED sets
// another.
#pragma once

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "components/eth/u256_math.hpp"

namespace viz::test {

inline std::uint64_t seed_or(std::uint64_t standard) {
    const char* given = std::getenv("VIZ_TEST_SEED");
    const auto seed = given == nullptr ? standard : std::stoull(given);
    std::cout << "VIZ_TEST_SEED=" << seed << '\n';
    return seed;
}

class RandomWords {
  public:
    explicit RandomWords(std::uint64_t seed) : engine_(seed) {}

    // 0 to limit - 1
    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
    }
    // Exactly that many bits; 0 for none.
    eth::U256 of_bits(unsigned bits) {
        if (bits == 0) return {};
        eth::U256 r;
        for (auto& limb : r.limbs) limb = engine_();
        return (r >> (256 - bits)) | (eth::U256(1) << (bits - 1));
    }
    // Every length between is as likely as any other.
    eth::U256 of_bits(unsigned least, unsigned most) {
        return of_bits(least + static_cast<unsigned>(below(most - least + 1)));
    }
    // 0 to limit - 1; the limit is not zero.
    eth::U256 below(const eth::U256& limit) { return of_bits(256) % limit; }

  private:
    std::mt19937_64 engine_;
};

} // namespace viz::test
