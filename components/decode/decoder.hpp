// Turns a node's transaction body into a verified transaction: parses it, recomputes the hash,
// recovers the sender.
#pragma once

#include "bus/messages.hpp"
#include "components/eth/decode_error.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_json.hpp"

namespace viz::decode {

// Reuses its buffers between calls; not thread-safe.
class Decoder {
  public:
    // Errors: parse errors, hash_mismatch, sender_mismatch, wrong_chain (signed for another chain
    // than the one it was seen on), and signature errors.
    Result<bus::DecodedTx, eth::DecodeError> decode(const bus::PendingTx& pending);

  private:
    eth::TransactionJsonParser json_;
    eth::SenderRecoverer recoverer_;
};

// The journal event for this transaction.
bus::TxDecoded event_of(const bus::DecodedTx& tx);

} // namespace viz::decode
