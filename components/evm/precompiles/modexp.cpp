#include "components/evm/precompiles/contracts.hpp"

#include <bit>
#include <limits>
#include <optional>

#include <gmp.h>

#include "components/eth/u256.hpp"
#include "components/evm/precompiles/bytes.hpp"
#include "components/evm/run_guard.hpp"

namespace viz::evm::precompiles {

namespace {

constexpr std::uint64_t kUnpayable = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kOsakaOperandLimit = 1024; // EIP-7823, bytes
constexpr std::size_t kHeaderSize = 96;
// No call that any block's gas can pay for has a longer operand (2^28 bytes of modulus would cost
// 10^14).
constexpr std::uint64_t kOperandLimit = std::uint64_t{1} << 28;

struct Lengths {
    eth::U256 base, exponent, modulus;
};

Lengths lengths_of(BytesView input) {
    const auto header = read_padded<kHeaderSize>(input, 0);
    const BytesView view(header);
    return {eth::from_be(view.first(32)), eth::from_be(view.subspan(32, 32)),
            eth::from_be(view.subspan(64, 32))};
}

bool within(const Lengths& lengths, std::uint64_t limit) {
    return lengths.base <= limit && lengths.exponent <= limit && lengths.modulus <= limit;
}

std::uint64_t bit_length(const eth::U256& v) {
    for (std::size_t i = 4; i-- > 0;)
        if (v.limbs[i] != 0) return 64 * i + static_cast<std::uint64_t>(std::bit_width(v.limbs[i]));
    return 0;
}

// The exponent's first 32 bytes, or the whole exponent when it is shorter.
eth::U256 exponent_head(BytesView input, std::uint64_t base_length, std::uint64_t length) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(length, 32));
    // An offset beyond 64 bits is also beyond any input.
    if (base_length > std::numeric_limits<std::size_t>::max() - kHeaderSize) return {};
    const auto bytes = read_padded<32>(input, kHeaderSize + static_cast<std::size_t>(base_length));
    return eth::from_be(BytesView(bytes).first(size));
}

// EIP-2565 and, with Osaka's multiplier, EIP-7883.
eth::Uint128 iteration_count(const eth::U256& head, std::uint64_t length, std::uint64_t per_byte) {
    const auto bits = bit_length(head);
    eth::Uint128 count = bits > 0 ? bits - 1 : 0;
    if (length > 32) count += static_cast<eth::Uint128>(per_byte) * (length - 32);
    return std::max<eth::Uint128>(count, 1);
}

// RAII wrapper of a GMP integer.
struct Integer {
    mpz_t value;
    Integer() { mpz_init(value); }
    Integer(const Integer&) = delete;
    Integer& operator=(const Integer&) = delete;
    ~Integer() { mpz_clear(value); }

    // Reads `length` bytes from `offset`; bytes beyond the input are zero.
    void read(BytesView input, std::size_t offset, std::size_t length) {
        if (offset >= input.size()) return;
        const auto given = std::min(length, input.size() - offset);
        mpz_import(value, given, 1, 1, 1, 0, input.data() + offset);
        mpz_mul_2exp(value, value, 8 * (length - given));
    }
};

// So many bits of the exponent take some 10 ms at most: a squaring is of words * words.
std::size_t bits_at_a_time(std::size_t modulus_bytes) {
    constexpr std::size_t kWork = 4'000'000;
    const auto words = std::min<std::size_t>(modulus_bytes / 8 + 1, 1'000'000);
    return std::max<std::size_t>(kWork / (words * words + 8), 1);
}

// base ^ exponent mod modulus, the exponent's highest bits first. False when interrupted.
bool power(Integer& result, Integer& base, const Integer& exponent, const Integer& modulus,
           std::size_t bits, RunGuard& guard) {
    Integer shift, part;
    mpz_setbit(shift.value, bits);
    mpz_mod(base.value, base.value, modulus.value);
    mpz_set_ui(result.value, 1);
    for (auto at = (mpz_sizeinbase(exponent.value, 2) + bits - 1) / bits; at-- > 0;) {
        if (guard.check() != Interrupt::none) return false;
        mpz_powm(result.value, result.value, shift.value, modulus.value);
        mpz_tdiv_q_2exp(part.value, exponent.value, at * bits);
        mpz_tdiv_r_2exp(part.value, part.value, bits);
        if (mpz_sgn(part.value) == 0) continue;
        mpz_powm(part.value, base.value, part.value, modulus.value);
        mpz_mul(result.value, result.value, part.value);
        mpz_mod(result.value, result.value, modulus.value);
    }
    return true;
}

bool run(BytesView input, Fork fork, Bytes& output, RunGuard* guard);

} // namespace

std::uint64_t modexp_gas(BytesView input, Fork fork) {
    const bool osaka = fork >= Fork::osaka;
    const auto lengths = lengths_of(input);
    if (osaka && !within(lengths, kOsakaOperandLimit)) return kUnpayable;
    const auto& longest = std::max(lengths.base, lengths.modulus);
    if (longest == 0 && !osaka) return 200;
    if (!longest.fits_u64() || !lengths.exponent.fits_u64()) return kUnpayable;
    const auto longest_bytes = longest.low_u64();
    const eth::Uint128 words = longest_bytes / 8 + (longest_bytes % 8 != 0);
    const auto head = exponent_head(input, lengths.base.low_u64(), lengths.exponent.low_u64());
    const auto iterations = iteration_count(head, lengths.exponent.low_u64(), osaka ? 16 : 8);
    eth::Uint128 complexity = words * words; // below 2^122
    if (osaka) complexity = longest_bytes <= 32 ? 16 : 2 * complexity;
    // 2^64 * 3 exceeds any price that fits.
    if (complexity > (eth::Uint128{3} << 64) / iterations) return kUnpayable;
    const auto product = complexity * iterations;
    const auto gas = osaka ? product : product / 3;
    if (gas > kUnpayable) return kUnpayable;
    return std::max<std::uint64_t>(static_cast<std::uint64_t>(gas), osaka ? 500 : 200);
}

bool modexp_run(BytesView input, Fork fork, Bytes& output) {
    return run(input, fork, output, nullptr);
}
bool modexp_run_guarded(BytesView input, Fork fork, Bytes& output, RunGuard& guard) {
    return run(input, fork, output, &guard);
}

namespace {

bool run(BytesView input, Fork fork, Bytes& output, RunGuard* guard) {
    const auto lengths = lengths_of(input);
    if (fork >= Fork::osaka && !within(lengths, kOsakaOperandLimit)) return false;
    if (lengths.base == 0 && lengths.modulus == 0) return true;
    if (!within(lengths, kOperandLimit)) return false;
    const auto base_length = static_cast<std::size_t>(lengths.base.low_u64());
    const auto exponent_length = static_cast<std::size_t>(lengths.exponent.low_u64());
    const auto modulus_length = static_cast<std::size_t>(lengths.modulus.low_u64());
    output.resize(modulus_length);

    Integer modulus;
    modulus.read(input, kHeaderSize + base_length + exponent_length, modulus_length);
    if (mpz_cmp_ui(modulus.value, 1) <= 0) return true; // modulo 0 and 1: zero
    Integer base, exponent, result;
    base.read(input, kHeaderSize, base_length);
    exponent.read(input, kHeaderSize + base_length, exponent_length);
    const auto bits = bits_at_a_time(modulus_length);
    if (guard == nullptr || mpz_sizeinbase(exponent.value, 2) <= bits)
        mpz_powm(result.value, base.value, exponent.value, modulus.value);
    else if (!power(result, base, exponent, modulus, bits, *guard))
        return false;
    const auto size = (mpz_sizeinbase(result.value, 2) + 7) / 8;
    if (mpz_sgn(result.value) != 0)
        mpz_export(output.data() + (modulus_length - size), nullptr, 1, 1, 1, 0, result.value);
    return true;
}

} // namespace

} // namespace viz::evm::precompiles
