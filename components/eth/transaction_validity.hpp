// Static validity of a transaction under the rules of a fork: the checks that need no state.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "components/eth/transaction.hpp"

namespace viz::eth {

// In order of activation.
enum class Fork : std::uint8_t {
    frontier,
    homestead,
    tangerine_whistle, // EIP-150
    spurious_dragon,   // EIP-155, EIP-158
    byzantium,
    constantinople,
    petersburg,
    istanbul,
    berlin,
    london,
    paris,
    shanghai,
    cancun,
    prague,
    osaka,
};

enum class ValidityError : std::uint8_t {
    type_not_active,              // the envelope type is from a later fork
    replay_protection_not_active, // EIP-155 signature before Spurious Dragon
    nonce_max,                    // EIP-2681: the nonce must be below 2^64 - 1
    gas_below_intrinsic,
    tip_above_max_fee,    // EIP-1559
    fee_overflow,         // gas limit times price exceeds 2^256
    initcode_too_large,   // EIP-3860
    no_blobs,             // EIP-4844: at least one blob is required
    blob_version_unknown, // EIP-4844: versioned hashes must begin with 0x01
    no_authorizations,    // EIP-7702: at least one authorization is required
    gas_above_cap,        // EIP-7825: 2^24
};
std::string_view to_string(ValidityError error);

// Gas charged before the first instruction: Yellow Paper g0, EIP-2028, EIP-2930, EIP-3860,
// EIP-7702; without the floor of EIP-7623. Cannot overflow for any transaction that fits in memory.
Gas intrinsic_gas(const Transaction& tx, Fork fork);
// EIP-7623: the minimum gas of a transaction since Prague; 0 before.
Gas calldata_floor_gas(const Transaction& tx, Fork fork);

// Returns the first rule that the transaction breaks.
std::optional<ValidityError> check_validity(const Transaction& tx, Fork fork);

} // namespace viz::eth
