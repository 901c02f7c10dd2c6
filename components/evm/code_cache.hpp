// Cache of analysed code by code hash, shared by all simulations of a process.
#pragma once

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

#include "components/evm/code.hpp"

namespace viz::evm {

// Bounded in bytes; evicts the least recently used code. Thread-safe.
class CodeCache {
  public:
    explicit CodeCache(std::size_t max_bytes = 256U << 20);

    // Returns null when the code is not cached.
    CodePointer find(const eth::Hash& hash);
    // Analyses and caches the code. The caller guarantees that `hash` is keccak256 of `code`.
    CodePointer insert(const eth::Hash& hash, eth::BytesView code);

    std::size_t bytes() const;

  private:
    struct Shard {
        mutable std::mutex mutex;
        std::list<CodePointer> by_use; // most recently used first
        std::unordered_map<eth::Hash, std::list<CodePointer>::iterator> by_hash;
        std::size_t bytes{};
    };
    Shard& shard_of(const eth::Hash& hash) { return shards_[hash.bytes[0] % shards_.size()]; }

    std::array<Shard, 16> shards_;
    std::size_t max_shard_bytes_;
};

} // namespace viz::evm
