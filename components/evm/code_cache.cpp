#include "components/evm/code_cache.hpp"

namespace viz::evm {

CodeCache::CodeCache(std::size_t max_bytes) : max_shard_bytes_(max_bytes / shards_.size()) {}

CodePointer CodeCache::find(const eth::Hash& hash) {
    auto& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_hash.find(hash);
    if (found == shard.by_hash.end()) return nullptr;
    shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
    return *found->second;
}

CodePointer CodeCache::insert(const eth::Hash& hash, eth::BytesView code) {
    auto analysed = std::make_shared<const Code>(code, hash); // analysed outside the lock
    auto& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.by_hash.find(hash); found != shard.by_hash.end())
        return *found->second;
    shard.by_use.push_front(analysed);
    shard.by_hash.emplace(hash, shard.by_use.begin());
    shard.bytes += analysed->footprint();
    while (shard.bytes > max_shard_bytes_ && !shard.by_use.empty()) {
        shard.bytes -= shard.by_use.back()->footprint();
        shard.by_hash.erase(shard.by_use.back()->hash());
        shard.by_use.pop_back();
    }
    return analysed;
}

std::size_t CodeCache::bytes() const {
    std::size_t sum = 0;
    for (const auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        sum += shard.bytes;
    }
    return sum;
}

} // namespace viz::evm
