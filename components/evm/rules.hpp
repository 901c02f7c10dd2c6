// Fork differences as data: a new fork, or a blob-parameter-only fork (EIP-7892), is a new table
// row and needs new code only for new behaviour.
#pragma once

#include <cstdint>
#include <span>

#include "components/eth/transaction_validity.hpp"
#include "components/eth/types.hpp"
#include "components/evm/fork.hpp"

namespace viz::evm {

// EIP-4844 as amended by EIP-7691, 7840, 7892. Counts are in blobs; the fraction is the base fee
// update fraction.
struct BlobParameters {
    std::uint64_t target{};
    std::uint64_t max{};
    std::uint64_t update_fraction{};
    std::uint64_t max_per_transaction{}; // EIP-7594; otherwise the block's maximum
    friend bool operator==(const BlobParameters&, const BlobParameters&) = default;
};

inline constexpr std::uint64_t kGasPerBlob = 131072; // EIP-4844

// Gas costs that do not depend on the opcode alone (Yellow Paper appendix G, EIP-2929, 3529, 3860).
struct GasCosts {
    std::int64_t cold_account{2600};
    std::int64_t cold_slot{2100};
    std::int64_t warm_access{100};
    std::int64_t slot_set{20000};
    std::int64_t slot_reset{2900};
    std::int64_t slot_clear_refund{4800};
    std::int64_t call_value{9000};
    std::int64_t call_stipend{2300};
    std::int64_t new_account{25000};
    std::int64_t code_byte{200};
    std::int64_t initcode_word{0}; // EIP-3860
    std::int64_t refund_quotient{5};
    std::int64_t authorization_refund{12500}; // EIP-7702
};

struct Rules {
    Fork fork{};
    eth::Fork validity{}; // the same fork, for components/eth/transaction_validity.hpp
    BlobParameters blob{};
    GasCosts gas{};
    std::uint64_t max_code_size{24576};          // EIP-170
    std::uint64_t max_initcode_size{UINT64_MAX}; // EIP-3860
    bool warm_coinbase{true};                    // EIP-3651
    bool selfdestruct_only_new{false};           // EIP-6780
    bool beacon_root_contract{false};            // EIP-4788
    bool history_contract{false};                // EIP-2935
    bool request_contracts{false};               // EIP-7002, EIP-7251
    bool blob_fee_floor{false};                  // EIP-7918
    // Chain-specific precompiles, by the last two bytes of the address (the others are zero), which
    // nodes of the chain implement natively: a transaction that calls one ends as
    // unsupported_precompile.
    std::span<const std::uint16_t> chain_precompiles{};
};

// The rules at a block time on mainnet, Sepolia and Hoodi. Any other chain gets the newest rules.
const Rules& rules_at(eth::ChainId chain, std::uint64_t block_time_s);
// A fork's rules with its initial blob parameters.
const Rules& rules_of(Fork fork);

// EIP-4844 get_base_fee_per_blob_gas.
eth::Wei blob_base_fee(std::uint64_t excess_blob_gas, const Rules& rules);
// EIP-4844 calc_excess_blob_gas with the reserve price of EIP-7918; `rules` are those of the child
// block.
std::uint64_t next_excess_blob_gas(std::uint64_t parent_excess, std::uint64_t parent_blob_gas_used,
                                   const eth::Wei& parent_base_fee, const Rules& rules);

} // namespace viz::evm
