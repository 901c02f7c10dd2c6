// Reasons for rejecting a transaction. The texts are metric labels and API values and stay stable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "components/eth/rlp.hpp"

namespace viz::eth {

enum class DecodeError : std::uint8_t {
    rlp_malformed,     // not RLP, truncated, or of the wrong shape
    rlp_non_canonical, // decodes, but is not the canonical encoding
    rlp_trailing_bytes,
    unknown_type,       // the envelope type is not 1 to 4
    field_out_of_range, // the value has more bits than the field
    blob_sidecar_malformed,
    json_malformed,
    json_missing_field,
    bad_signature, // no public key recovers, or r or s is outside the curve's order
    high_s,        // EIP-2: s is above half the curve's order
    bad_y_parity,  // v is not allowed for the type and chain
    wrong_chain,
    hash_mismatch,   // the body's hash differs from the announced hash
    sender_mismatch, // the node's `from` differs from the recovered signer
};
inline constexpr std::size_t kDecodeErrors =
    static_cast<std::size_t>(DecodeError::sender_mismatch) + 1;
std::string_view to_string(DecodeError error);

DecodeError from_rlp(RlpError error);

} // namespace viz::eth
