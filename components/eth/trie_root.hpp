// Root of a Merkle-Patricia trie, Yellow Paper appendix D, of keys and values known as a whole.
#pragma once

#include <map>
#include <vector>

#include "components/eth/types.hpp"

namespace viz::eth {

// keccak256(rlp("")): the root of the empty trie.
Hash empty_trie_root();

// Keys in order; a value must not be empty (an absent key has no value).
Hash trie_root(const std::map<Bytes, Bytes>& entries);

// The trie of a list: keys are the RLP of the indexes (transactions, receipts, withdrawals).
Hash ordered_trie_root(const std::vector<Bytes>& values);

} // namespace viz::eth
