// The implementations behind find_precompile: gas(input, fork) prices a call before it runs;
// run(input, fork, output) appends to an empty output or returns false for a failed call. Contracts
// that may take seconds have a run_guarded; its result is meaningless once the guard is
// interrupted.
#pragma once

#include <cstdint>

#include "components/eth/types.hpp"
#include "components/evm/fork.hpp"

namespace viz::evm {
class RunGuard;
}

namespace viz::evm::precompiles {

using eth::Bytes;
using eth::BytesView;

// 0x01, Yellow Paper appendix E: hash, v, r, s as words (missing bytes are zero) give the signer's
// address as a word, or no output.
std::uint64_t ecrecover_gas(BytesView input, Fork fork);
bool ecrecover_run(BytesView input, Fork fork, Bytes& output);

// 0x02..0x04, Yellow Paper appendix E.
std::uint64_t sha256_gas(BytesView input, Fork fork);
bool sha256_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t ripemd160_gas(BytesView input, Fork fork);
bool ripemd160_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t identity_gas(BytesView input, Fork fork);
bool identity_run(BytesView input, Fork fork, Bytes& output);

// 0x05, EIP-198: base ^ exponent mod modulus of any length. Priced by EIP-2565; from Osaka by
// EIP-7883 with operands of at most 1024 bytes (EIP-7823). A price of UINT64_MAX means that it
// exceeds 64 bits. The price bounds the memory of a call, so check it first.
std::uint64_t modexp_gas(BytesView input, Fork fork);
bool modexp_run(BytesView input, Fork fork, Bytes& output);
bool modexp_run_guarded(BytesView input, Fork fork, Bytes& output, RunGuard& guard);

// 0x06..0x08, EIP-196, EIP-197, EIP-1108: addition, multiplication and pairing check on alt_bn128.
// They fail on a coordinate not below the field modulus, on a point not on its curve or, on the
// twist, not in the subgroup, and on an incomplete pair.
std::uint64_t bn254_add_gas(BytesView input, Fork fork);
bool bn254_add_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t bn254_mul_gas(BytesView input, Fork fork);
bool bn254_mul_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t bn254_pairing_gas(BytesView input, Fork fork);
bool bn254_pairing_run(BytesView input, Fork fork, Bytes& output);
bool bn254_pairing_run_guarded(BytesView input, Fork fork, Bytes& output, RunGuard& guard);

// 0x09, EIP-152: the compression function of BLAKE2b with a number of rounds chosen by the caller.
std::uint64_t blake2f_gas(BytesView input, Fork fork);
bool blake2f_run(BytesView input, Fork fork, Bytes& output);
bool blake2f_run_guarded(BytesView input, Fork fork, Bytes& output, RunGuard& guard);

// 0x0a, EIP-4844: verifies an evaluation of the polynomial that a blob's commitment commits to.
std::uint64_t point_evaluation_gas(BytesView input, Fork fork);
bool point_evaluation_run(BytesView input, Fork fork, Bytes& output);

// 0x0b..0x11, EIP-2537. They fail on a wrong input size (multi-scalar multiplications and pairings
// accept positive multiples), on a coordinate not below the field modulus, on a point not on its
// curve and, except for the additions, not in its subgroup.
std::uint64_t bls12_g1_add_gas(BytesView input, Fork fork);
bool bls12_g1_add_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t bls12_g1_msm_gas(BytesView input, Fork fork);
bool bls12_g1_msm_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t bls12_g2_add_gas(BytesView input, Fork fork);
bool bls12_g2_add_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t bls12_g2_msm_gas(BytesView input, Fork fork);
bool bls12_g2_msm_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t bls12_pairing_gas(BytesView input, Fork fork);
bool bls12_pairing_run(BytesView input, Fork fork, Bytes& output);
bool bls12_pairing_run_guarded(BytesView input, Fork fork, Bytes& output, RunGuard& guard);
std::uint64_t bls12_map_fp_gas(BytesView input, Fork fork);
bool bls12_map_fp_run(BytesView input, Fork fork, Bytes& output);
std::uint64_t bls12_map_fp2_gas(BytesView input, Fork fork);
bool bls12_map_fp2_run(BytesView input, Fork fork, Bytes& output);

// 0x100, EIP-7951: verifies an ECDSA signature on P-256; returns 1 as a word, or no output. Never
// fails.
std::uint64_t p256verify_gas(BytesView input, Fork fork);
bool p256verify_run(BytesView input, Fork fork, Bytes& output);

} // namespace viz::evm::precompiles
