// EIP-152; F is the function of RFC 7693 section 3.2 with a variable number of rounds.
#include "components/evm/precompiles/contracts.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

#include "components/evm/precompiles/bytes.hpp"
#include "components/evm/run_guard.hpp"

namespace viz::evm::precompiles {

namespace {

constexpr std::size_t kInputSize = 213; // rounds 4, h 64, m 128, t 16, f 1

// RFC 7693 section 2.6: the fractional parts of the square roots of the first eight primes.
constexpr std::array<std::uint64_t, 8> kIv = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

// RFC 7693 section 2.7. Round r uses row r mod 10.
constexpr std::uint8_t kSigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                         {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                         {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                         {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                         {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                         {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                         {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                         {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                         {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                         {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

// The input's words are little-endian, like those of x86-64.
static_assert(std::endian::native == std::endian::little);

std::uint32_t rounds_of(BytesView input) {
    return static_cast<std::uint32_t>(input[0]) << 24 | static_cast<std::uint32_t>(input[1]) << 16 |
           static_cast<std::uint32_t>(input[2]) << 8 | input[3];
}

void mix(std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d, std::uint64_t x,
         std::uint64_t y) {
    a += b + x;
    d = std::rotr(d ^ a, 32);
    c += d;
    b = std::rotr(b ^ c, 24);
    a += b + y;
    d = std::rotr(d ^ a, 16);
    c += d;
    b = std::rotr(b ^ c, 63);
}

using Words = std::array<std::uint64_t, 16>;

template <std::size_t Row> void mix_round(Words& v, const Words& m) {
    constexpr auto& s = kSigma[Row];
    mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
}

// With rows known at compile time a round takes 12.5 ns instead of 18.
template <std::size_t... Rows>
void mix_rounds(std::uint32_t count, Words& v, const Words& m, std::index_sequence<Rows...>) {
    constexpr std::uint32_t kRows = sizeof...(Rows);
    for (; count >= kRows; count -= kRows) (mix_round<Rows>(v, m), ...);
    ((Rows < count ? mix_round<Rows>(v, m) : void()), ...);
}

// Some 10 ms; whole turns of the rows, so that a part begins where the one before it has ended.
constexpr std::uint32_t kRoundsAtATime = 1'000'000;
static_assert(kRoundsAtATime % std::size(kSigma) == 0);

// False when interrupted.
bool compress(std::uint32_t rounds, std::array<std::uint64_t, 8>& h, const Words& m,
              const std::array<std::uint64_t, 2>& t, bool last, RunGuard* guard) {
    Words v;
    std::copy(h.begin(), h.end(), v.begin());
    std::copy(kIv.begin(), kIv.end(), v.begin() + 8);
    v[12] ^= t[0];
    v[13] ^= t[1];
    if (last) v[14] = ~v[14];
    constexpr std::make_index_sequence<std::size(kSigma)> kRows;
    for (; guard != nullptr && rounds > kRoundsAtATime; rounds -= kRoundsAtATime) {
        mix_rounds(kRoundsAtATime, v, m, kRows);
        if (guard->check() != Interrupt::none) return false;
    }
    mix_rounds(rounds, v, m, kRows);
    for (std::size_t i = 0; i < 8; ++i) h[i] ^= v[i] ^ v[i + 8];
    return true;
}

bool run(BytesView input, Bytes& output, RunGuard* guard) {
    if (input.size() != kInputSize || input[212] > 1) return false;
    std::array<std::uint64_t, 8> h;
    Words m;
    std::array<std::uint64_t, 2> t;
    std::memcpy(h.data(), input.data() + 4, sizeof h);
    std::memcpy(m.data(), input.data() + 68, sizeof m);
    std::memcpy(t.data(), input.data() + 196, sizeof t);
    if (!compress(rounds_of(input), h, m, t, input[212] == 1, guard)) return false;
    output.resize(sizeof h);
    std::memcpy(output.data(), h.data(), sizeof h);
    return true;
}

} // namespace

// The price of an input of wrong size is irrelevant: the call fails and consumes all gas.
std::uint64_t blake2f_gas(BytesView input, Fork /*fork*/) {
    return input.size() == kInputSize ? rounds_of(input) : 0;
}

bool blake2f_run(BytesView input, Fork /*fork*/, Bytes& output) {
    return run(input, output, nullptr);
}
bool blake2f_run_guarded(BytesView input, Fork /*fork*/, Bytes& output, RunGuard& guard) {
    return run(input, output, &guard);
}

} // namespace viz::evm::precompiles
