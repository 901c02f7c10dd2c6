// Why a transaction was not believed. The texts are metric labels and API values: stable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "components/eth/rlp.hpp"

namespace viz::eth {

enum class DecodeError : std::uint8_t {
    rlp_malformed,     // not RLP, truncated, or of the wrong shape
    rlp_non_canonical, // decodes, but not to the bytes it would encode to
    rlp_trailing_bytes,
    unknown_type,       // an envelope type other than 1 to 4
    field_out_of_range, // more bits than the field has
    blob_sidecar_malformed,
    json_malformed,
    json_missing_field,
    bad_signature, // no public key recovers, or r or s outside the curve's order
    high_s,        // EIP-2
    bad_y_parity,  // v is none of the values that its type and chain allow
    wrong_chain,
    hash_mismatch,   // the body hashes to something else than was announced
    sender_mismatch, // the node's `from` is not who signed
};
inline constexpr std::size_t kDecodeErrors =
    static_cast<std::size_t>(DecodeError::sender_mismatch) + 1;
std::string_view to_string(DecodeError error);

DecodeError from_rlp(RlpError error);

} // namespace viz::eth
