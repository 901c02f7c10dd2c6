// Root of a Merkle-Patricia trie (Yellow Paper appendix D) over a complete set of keys and values.
#pragma once

#include <map>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::eth {

// keccak256(rlp("")): the root of the empty trie.
Hash empty_trie_root();

// Values must not be empty (an absent key has no value).
Hash trie_root(const std::map<Bytes, Bytes>& entries);

// The trie of a list, keyed by the RLP of the index (transactions, receipts, withdrawals).
Hash ordered_trie_root(const std::vector<Bytes>& values);

} // namespace viz::eth
