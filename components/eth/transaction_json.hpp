// Parses transactions and blocks from JSON-RPC, in the dialects of geth, reth, erigon, Nethermind,
// Besu and anvil. The content is not verified: callers recompute the hash.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "components/eth/decode_error.hpp"
#include "components/eth/transaction.hpp"

namespace viz::eth {

struct JsonTransaction {
    Transaction tx;
    std::optional<Hash> hash;                // as reported by the node
    std::optional<Address> from;             // as reported by the node
    std::optional<BlockNumber> block_number; // when mined
    std::optional<Hash> block_hash;
};

struct JsonBlock {
    BlockNumber number;
    Hash hash;
    Hash parent_hash;
    Hash transactions_root;
    std::int64_t timestamp_s{};
    Wei base_fee; // zero before EIP-1559
    Gas gas_used;
    Gas gas_limit;
    std::vector<JsonTransaction> transactions; // empty when the node returned hashes only
    std::vector<Hash> transaction_hashes;
};

// Reuses its buffers between calls; not thread-safe.
class TransactionJsonParser {
  public:
    TransactionJsonParser();
    ~TransactionJsonParser();
    TransactionJsonParser(TransactionJsonParser&&) noexcept;
    TransactionJsonParser& operator=(TransactionJsonParser&&) noexcept;

    // Parses one transaction object. Errors: json_malformed, json_missing_field,
    // field_out_of_range, unknown_type, bad_y_parity.
    Result<JsonTransaction, DecodeError> parse(std::string_view json);
    // Parses the result of eth_getBlockBy…; a transaction that does not parse fails the block.
    Result<JsonBlock, DecodeError> parse_block(std::string_view json);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::eth
