// Converts a block with full transactions, as nodes return it, to the Head sent on the bus.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "bus/messages.hpp"
#include "components/eth/result.hpp"
#include "components/ingest/rpc_message.hpp"

namespace viz::ingest {

enum class BlockError : std::uint8_t {
    null_block,      // the node does not know it
    not_a_block,     // no object, or header fields missing or malformed
    bad_transaction, // a transaction without hash, sender or nonce
};
std::string_view to_string(BlockError error);

// Recovers the signer of an EIP-7702 authorization; nothing when the signature is invalid.
using RecoverAuthority = std::function<std::optional<eth::Address>(const eth::Authorization&)>;

class BlockReader {
  public:
    // Without `recover`, blocks carry no authorities.
    BlockReader(eth::ChainId chain_id, RecoverAuthority recover);
    ~BlockReader();
    BlockReader(const BlockReader&) = delete;
    BlockReader& operator=(const BlockReader&) = delete;

    // Authorizations that the protocol skips (another chain's, a nonce of 2^64-1, a bad
    // signature: EIP-7702) are left out; whether an included one took effect also depends on the
    // account's state, so the nonce it names is a hint to ask the node.
    Result<bus::Head, BlockError> read(PaddedText block);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::ingest
