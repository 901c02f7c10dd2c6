// A whole block on an overlay: what the protocol does before the transactions, the transactions,
// and what it does after them.
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
    std::span<const eth::Address> senders; // of each transaction
    std::span<const Withdrawal> withdrawals;
};

struct Receipt {
    eth::TxType type{};
    bool succeeded{};
    std::uint64_t cumulative_gas{};
    Bloom bloom;
};

struct BlockResult {
    // Where it ended before its last transaction: the one that is invalid or could not be run.
    std::optional<std::size_t> stopped_at;
    std::vector<TransactionResult> results; // with logs
    std::vector<Receipt> receipts;
    std::uint64_t gas_used{};
    std::uint64_t blob_gas_used{};
    Bloom bloom;
    eth::Hash receipts_root;
    // EIP-7685: what the contracts of EIP-7002 and EIP-7251 gave, in this order.
    std::vector<eth::Bytes> requests;
};

// The overlay holds the parent's state before, and after it this block's. Where `guard` is
// interrupted, which is looked at before each transaction and in long precompiled contracts, it
// ends there, with `stopped_at`.
BlockResult execute_block(Overlay& state, const Rules& rules, const BlockInput& block,
                          bool collect_sets = false, RunGuard* guard = nullptr);

// The parts by themselves, for a block that is being put together.
void begin_block(TransactionExecutor& executor, const Rules& rules, const BlockInput& block);
void pay_withdrawals(Overlay& state, std::span<const Withdrawal> withdrawals);

Bloom bloom_of(const std::vector<Log>& logs);
// EIP-2718: the type's byte, if any, and the RLP of status, gas, bloom and logs.
eth::Bytes encode_receipt(const Receipt& receipt, const std::vector<Log>& logs);

} // namespace viz::evm
