// The field v of legacy transactions. It encodes the y parity (which of two public keys signed)
// and, since EIP-155, the chain id.
#pragma once

#include <cstdint>
#include <optional>

#include "components/eth/decode_error.hpp"
#include "components/eth/types.hpp"

namespace viz::eth {

struct LegacyV {
    std::optional<ChainId> chain_id; // absent: signed without EIP-155
    std::uint8_t y_parity{};
};

// bad_y_parity: neither 27 + y nor 35 + 2 * chain_id + y with a chain id above 0.
// field_out_of_range: the chain id has more than 64 bits.
Result<LegacyV, DecodeError> read_legacy_v(const U256& v);

U256 legacy_v_of(std::optional<ChainId> chain_id, std::uint8_t y_parity);

} // namespace viz::eth
