// Analysed code by its hash, shared by all simulations of a process.
#pragma once

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

#include "components/evm/code.hpp"

namespace viz::evm {

// Bounded by bytes: what was used longest ago goes first. Thread-safe.
class CodeCache {
  public:
    explicit CodeCache(std::size_t max_bytes = 256U << 20);

    // Null where it is not held.
    CodePointer find(const eth::Hash& hash);
    // Analyses and keeps it; `hash` is keccak256 of `code`, which the caller answers for.
    CodePointer insert(const eth::Hash& hash, eth::BytesView code);

    std::size_t bytes() const;

  private:
    struct Shard {
        mutable std::mutex mutex;
        std::list<CodePointer> by_use; // the most recent first
        std::unordered_map<eth::Hash, std::list<CodePointer>::iterator> by_hash;
        std::size_t bytes{};
    };
    Shard& shard_of(const eth::Hash& hash) { return shards_[hash.bytes[0] % shards_.size()]; }

    std::array<Shard, 16> shards_;
    std::size_t max_shard_bytes_;
};

} // namespace viz::evm
