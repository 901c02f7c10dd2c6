// Executes a whole block on an overlay: the protocol's system operations before the transactions,
// the transactions, and the operations after them.
#pragma once

#include <span>

#include "components/evm/transaction.hpp"

namespace viz::evm {

using Bloom = eth::FixedBytes<256>; // Yellow Paper 4.4.2

struct Withdrawal { // EIP-4895
    eth::Address address;
    std::uint64_t amount_gwei{};
};

struct BlockInput {
    BlockEnvironment environment;
    eth::Hash parent_hash;        // EIP-2935
    eth::Hash parent_beacon_root; // EIP-4788
    std::span<const eth::Transaction> transactions;
    std::span<const eth::Address> senders; // one per transaction
    std::span<const Withdrawal> withdrawals;
};

struct Receipt {
    eth::TxType type{};
    bool succeeded{};
    std::uint64_t cumulative_gas{};
    Bloom bloom;
};

struct BlockResult {
    // Index of the transaction where execution stopped because it is invalid or could not be run.
    std::optional<std::size_t> stopped_at;
    std::vector<TransactionResult> results; // includes the logs
    std::vector<Receipt> receipts;
    std::uint64_t gas_used{};
    std::uint64_t blob_gas_used{};
    Bloom bloom;
    eth::Hash receipts_root;
    // EIP-7685: the output of the contracts of EIP-7002 and EIP-7251, in this order.
    std::vector<eth::Bytes> requests;
};

// The overlay must hold the parent's state; afterwards it holds this block's state. `guard` is
// checked before each transaction and inside long precompiled contracts; when it is interrupted,
// execution ends there with `stopped_at`.
BlockResult execute_block(Overlay& state, const Rules& rules, const BlockInput& block,
                          bool collect_sets = false, RunGuard* guard = nullptr);

// The separate steps, for a block under construction.
void begin_block(TransactionExecutor& executor, const Rules& rules, const BlockInput& block);
void pay_withdrawals(Overlay& state, std::span<const Withdrawal> withdrawals);

Bloom bloom_of(const std::vector<Log>& logs);
// EIP-2718: the type byte, if any, and the RLP of status, gas, bloom and logs.
eth::Bytes encode_receipt(const Receipt& receipt, const std::vector<Log>& logs);

} // namespace viz::evm
