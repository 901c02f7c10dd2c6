// From what a node sent to a transaction that is believed: parsed, its hash recomputed, its
// sender recovered.
#pragma once

#include "bus/messages.hpp"
#include "components/eth/decode_error.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_json.hpp"

namespace viz::decode {

// Keeps buffers between calls; one thread at a time.
class Decoder {
  public:
    // Errors: those of parsing, hash_mismatch, sender_mismatch, wrong_chain (a transaction
    // signed for another chain than it was seen on), and those of the signature.
    Result<bus::DecodedTx, eth::DecodeError> decode(const bus::PendingTx& pending);

  private:
    eth::TransactionJsonParser json_;
    eth::SenderRecoverer recoverer_;
};

// The event that records it.
bus::TxDecoded event_of(const bus::DecodedTx& tx);

} // namespace viz::decode
