// What pending calls, and what they were observed to do, take in memory: with what containers and
// the allocator take for an entry.
#pragma once

#include "components/search/mempool.hpp"
#include "components/search/strategy.hpp"

namespace viz::search {

inline std::size_t bytes_of(const eth::Transaction& tx) {
    std::size_t bytes = tx.data.size();
    bytes += tx.blob_versioned_hashes.size() * sizeof(eth::Hash);
    bytes += tx.authorization_list.size() * sizeof(eth::Authorization);
    for (const auto& entry : tx.access_list)
        bytes += sizeof entry + entry.storage_keys.size() * sizeof(eth::Hash);
    return bytes;
}
inline std::size_t bytes_of(const PooledCall& call) {
    constexpr std::size_t kIndexes = 320; // by arrival, hash, sender and nonce
    return sizeof call + kIndexes + bytes_of(call.pending.tx);
}
inline std::size_t bytes_of(const Observed& seen) {
    constexpr std::size_t kIndex = 72;
    return sizeof seen + kIndex + bytes_of(seen.pending.tx) +
           seen.pools.size() * sizeof(TouchedPool);
}

} // namespace viz::search
