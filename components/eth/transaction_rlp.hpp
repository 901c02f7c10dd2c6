// Encodes and decodes transactions: EIP-2718 envelopes and legacy RLP.
#pragma once

#include "components/eth/decode_error.hpp"
#include "components/eth/transaction.hpp"

namespace viz::eth {

// Accepts the consensus form, and for type 3 also the network form: with blobs, commitments and
// proofs (EIP-4844) or with a wrapper version and cell proofs (EIP-7594); these are checked for
// shape and discarded. Strict: any accepted consensus form encodes to the same bytes.
Result<Transaction, DecodeError> decode_transaction(BytesView bytes);

// Returns the canonical consensus form.
Bytes encode_transaction(const Transaction& tx);

// The transaction hash: keccak256 of the canonical form.
Hash transaction_hash(const Transaction& tx);

// The hash that the sender signed: EIP-155, EIP-2930, EIP-1559, EIP-4844, EIP-7702.
Hash signing_hash(const Transaction& tx);

// The hash that the authority of an EIP-7702 tuple signed: keccak256(0x05 || rlp([chain_id,
// address, nonce])).
Hash authorization_signing_hash(const Authorization& authorization);

} // namespace viz::eth
