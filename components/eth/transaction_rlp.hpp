// Transactions to and from bytes: EIP-2718 envelopes and legacy RLP.
#pragma once

#include "components/eth/decode_error.hpp"
#include "components/eth/transaction.hpp"

namespace viz::eth {

// Consensus form, and for type 3 also the form nodes gossip: with blobs, commitments and proofs
// (EIP-4844) or with a wrapper version and cell proofs (EIP-7594); these are checked for shape
// and left out. Strict: what is accepted in consensus form encodes to the same bytes.
Result<Transaction, DecodeError> decode_transaction(BytesView bytes);

// Canonical consensus form.
Bytes encode_transaction(const Transaction& tx);

// keccak256 of the canonical form: the transaction's hash.
Hash transaction_hash(const Transaction& tx);

// What the sender signed: EIP-155, EIP-2930, EIP-1559, EIP-4844, EIP-7702.
Hash signing_hash(const Transaction& tx);

// What the authority of an EIP-7702 tuple signed: keccak256(0x05 || rlp([chain_id, address,
// nonce])).
Hash authorization_signing_hash(const Authorization& authorization);

} // namespace viz::eth
