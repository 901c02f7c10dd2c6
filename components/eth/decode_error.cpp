#include "components/eth/decode_error.hpp"

namespace viz::eth {

std::string_view to_string(DecodeError error) {
    switch (error) {
    case DecodeError::rlp_malformed:
        return "rlp_malformed";
    case DecodeError::rlp_non_canonical:
        return "rlp_non_canonical";
    case DecodeError::rlp_trailing_bytes:
        return "rlp_trailing_bytes";
    case DecodeError::unknown_type:
        return "unknown_type";
    case DecodeError::field_out_of_range:
        return "field_out_of_range";
    case DecodeError::blob_sidecar_malformed:
        return "blob_sidecar_malformed";
    case DecodeError::json_malformed:
        return "json_malformed";
    case DecodeError::json_missing_field:
        return "json_missing_field";
    case DecodeError::bad_signature:
        return "bad_signature";
    case DecodeError::high_s:
        return "high_s";
    case DecodeError::bad_y_parity:
        return "bad_y_parity";
    case DecodeError::wrong_chain:
        return "wrong_chain";
    case DecodeError::hash_mismatch:
        return "hash_mismatch";
    case DecodeError::sender_mismatch:
        return "sender_mismatch";
    }
    return "unknown";
}

DecodeError from_rlp(RlpError error) {
    switch (error) {
    case RlpError::non_canonical:
        return DecodeError::rlp_non_canonical;
    case RlpError::trailing:
        return DecodeError::rlp_trailing_bytes;
    default:
        return DecodeError::rlp_malformed;
    }
}

} // namespace viz::eth
