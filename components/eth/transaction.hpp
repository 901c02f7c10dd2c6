// A signed Ethereum transaction of any type that exists on chain. Plain data: the fields as
// encoded, whether valid or not (see transaction_rlp.hpp, signature.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::eth {

enum class TxType : std::uint8_t {
    legacy = 0,      // before EIP-2718, with or without EIP-155 replay protection
    access_list = 1, // EIP-2930
    dynamic_fee = 2, // EIP-1559
    blob = 3,        // EIP-4844
    set_code = 4,    // EIP-7702
};

struct AccessListEntry {
    Address address;
    std::vector<Hash> storage_keys;
    friend bool operator==(const AccessListEntry&, const AccessListEntry&) = default;
};

// EIP-7702: the signing account delegates its code to `address`.
struct Authorization {
    U256 chain_id; // 0: any chain
    Address address;
    Nonce nonce{};
    std::uint8_t y_parity{};
    U256 r;
    U256 s;
    friend bool operator==(const Authorization&, const Authorization&) = default;
};

struct Signature {
    std::uint8_t y_parity{}; // 0 or 1
    U256 r;
    U256 s;
    friend bool operator==(const Signature&, const Signature&) = default;
};

struct Transaction {
    TxType type{TxType::legacy};
    std::optional<ChainId> chain_id; // absent: legacy without EIP-155
    Nonce nonce{};
    // Types 0 and 1 have a single gas price, stored in both fields.
    Wei max_priority_fee_per_gas;
    Wei max_fee_per_gas;
    Gas gas_limit;
    std::optional<Address> to; // absent: contract creation
    Wei value;
    Bytes data;
    std::vector<AccessListEntry> access_list;      // since EIP-2930
    Wei max_fee_per_blob_gas;                      // EIP-4844
    std::vector<Hash> blob_versioned_hashes;       // EIP-4844
    std::vector<Authorization> authorization_list; // EIP-7702
    Signature signature;

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

} // namespace viz::eth
