#include "components/eth/transaction_validity.hpp"

#include <algorithm>
#include <limits>

namespace viz::eth {

namespace {

constexpr std::uint64_t kMaxInitcode = 49152; // EIP-3860
constexpr std::uint64_t kGasCap = 1ULL << 24; // EIP-7825
constexpr std::uint64_t kBaseGas = 21000;
constexpr std::uint64_t kCreateGas = 32000;        // EIP-2
constexpr std::uint64_t kInitcodeWordGas = 2;      // EIP-3860
constexpr std::uint64_t kAccessAddressGas = 2400;  // EIP-2930
constexpr std::uint64_t kAccessKeyGas = 1900;      // EIP-2930
constexpr std::uint64_t kAuthorizationGas = 25000; // EIP-7702
constexpr std::uint64_t kFloorGasPerToken = 10;    // EIP-7623

std::uint64_t zero_bytes(const Bytes& data) {
    return static_cast<std::uint64_t>(std::count(data.begin(), data.end(), std::uint8_t{0}));
}

Fork first_fork_of(TxType type) {
    switch (type) {
    case TxType::legacy:
        return Fork::frontier;
    case TxType::access_list:
        return Fork::berlin;
    case TxType::dynamic_fee:
        return Fork::london;
    case TxType::blob:
        return Fork::cancun;
    case TxType::set_code:
        return Fork::prague;
    }
    return Fork::osaka;
}

std::optional<ValidityError> check_type_rules(const Transaction& tx) {
    if (tx.type == TxType::blob) {
        if (tx.blob_versioned_hashes.empty()) return ValidityError::no_blobs;
        for (const auto& hash : tx.blob_versioned_hashes)
            if (hash.bytes[0] != 0x01) return ValidityError::blob_version_unknown;
    }
    if (tx.type == TxType::set_code && tx.authorization_list.empty())
        return ValidityError::no_authorizations;
    return std::nullopt;
}

} // namespace

std::string_view to_string(ValidityError error) {
    switch (error) {
    case ValidityError::type_not_active:
        return "type_not_active";
    case ValidityError::replay_protection_not_active:
        return "replay_protection_not_active";
    case ValidityError::nonce_max:
        return "nonce_max";
    case ValidityError::gas_below_intrinsic:
        return "gas_below_intrinsic";
    case ValidityError::tip_above_max_fee:
        return "tip_above_max_fee";
    case ValidityError::fee_overflow:
        return "fee_overflow";
    case ValidityError::initcode_too_large:
        return "initcode_too_large";
    case ValidityError::no_blobs:
        return "no_blobs";
    case ValidityError::blob_version_unknown:
        return "blob_version_unknown";
    case ValidityError::no_authorizations:
        return "no_authorizations";
    case ValidityError::gas_above_cap:
        return "gas_above_cap";
    }
    return "unknown";
}

Gas intrinsic_gas(const Transaction& tx, Fork fork) {
    const auto zeros = zero_bytes(tx.data);
    const std::uint64_t nonzero_gas = fork >= Fork::istanbul ? 16 : 68; // EIP-2028
    std::uint64_t gas = kBaseGas + 4 * zeros + nonzero_gas * (tx.data.size() - zeros);
    if (!tx.to && fork >= Fork::homestead) gas += kCreateGas;
    if (!tx.to && fork >= Fork::shanghai) gas += kInitcodeWordGas * ((tx.data.size() + 31) / 32);
    for (const auto& entry : tx.access_list)
        gas += kAccessAddressGas + kAccessKeyGas * entry.storage_keys.size();
    gas += kAuthorizationGas * tx.authorization_list.size();
    return Gas{gas};
}

Gas calldata_floor_gas(const Transaction& tx, Fork fork) {
    if (fork < Fork::prague) return Gas{0};
    const auto zeros = zero_bytes(tx.data);
    return Gas{kBaseGas + kFloorGasPerToken * (zeros + 4 * (tx.data.size() - zeros))};
}

std::optional<ValidityError> check_validity(const Transaction& tx, Fork fork) {
    if (fork < first_fork_of(tx.type)) return ValidityError::type_not_active;
    if (tx.type == TxType::legacy && tx.chain_id && fork < Fork::spurious_dragon)
        return ValidityError::replay_protection_not_active;
    if (tx.nonce == std::numeric_limits<Nonce>::max()) return ValidityError::nonce_max;
    if (tx.gas_limit < std::max(intrinsic_gas(tx, fork), calldata_floor_gas(tx, fork)))
        return ValidityError::gas_below_intrinsic;
    if (fork >= Fork::osaka && tx.gas_limit.value > kGasCap) return ValidityError::gas_above_cap;
    if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas) return ValidityError::tip_above_max_fee;
    if (!checked_mul(tx.max_fee_per_gas, U256(tx.gas_limit.value)))
        return ValidityError::fee_overflow;
    if (!tx.to && fork >= Fork::shanghai && tx.data.size() > kMaxInitcode)
        return ValidityError::initcode_too_large;
    return check_type_rules(tx);
}

} // namespace viz::eth
