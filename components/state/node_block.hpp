// A mined block as returned by a node, ready for execution.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "components/eth/transaction_json.hpp"
#include "components/state/advance.hpp"

namespace viz::state {

struct NodeBlock {
    BlockRef ref;
    eth::Hash parent_hash;
    evm::BlockEnvironment environment;
    eth::Hash parent_beacon_root; // EIP-4788; zero when the chain has none
    std::vector<eth::Transaction> transactions;
    std::vector<eth::Address> senders; // from the node; a wrong one fails the receipts root
    std::vector<eth::Hash> hashes;
    std::vector<evm::Withdrawal> withdrawals;
    std::uint64_t blob_gas_used{};
    BlockClaims claims;

    // Of views into this block.
    evm::BlockInput input() const {
        return {environment, parent_hash, parent_beacon_root, transactions, senders, withdrawals};
    }
};

enum class BlockFault : std::uint8_t {
    not_json,
    not_found,       // null: the node does not have it
    refused,         // the node answered with an error
    missing_field,   // or of another type; pre-merge blocks lack some
    bad_transaction, // does not decode, or has no sender
    another_block,   // not the requested block
};
std::string_view to_string(BlockFault fault);

// eth_getBlockByHash with all transactions, as a request with id 1.
std::string block_request(const eth::Hash& hash);

// The `result` object. Throws nothing; `parser` keeps its buffers.
Result<NodeBlock, BlockFault> parse_block(std::string_view result, eth::ChainId chain,
                                          eth::TransactionJsonParser& parser);
// The reply to block_request(hash).
Result<NodeBlock, BlockFault> parse_block_reply(std::string_view reply, const eth::Hash& hash,
                                                eth::ChainId chain,
                                                eth::TransactionJsonParser& parser);

} // namespace viz::state
