#include "components/ingest/dedup.hpp"

#include <cassert>
#include <cstring>

namespace viz::ingest {

std::size_t SeenSet::SaltedHash::operator()(const eth::Hash& hash) const noexcept {
    std::uint64_t mixed = salt;
    for (std::size_t i = 0; i < hash.bytes.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, hash.bytes.data() + i, sizeof word);
        mixed = (mixed ^ word) * 0x9e3779b97f4a7c15u;
        mixed ^= mixed >> 29;
        mixed += salt;
    }
    return mixed;
}

SeenSet::SeenSet(std::size_t capacity, std::uint64_t salt)
    : capacity_(capacity), entries_(capacity, SaltedHash{salt}) {
    assert(capacity > 0);
}

SeenSet::Entry& SeenSet::insert(const eth::Hash& hash) {
    if (order_.size() >= capacity_) {
        entries_.erase(order_.front());
        order_.pop_front();
    }
    order_.push_back(hash);
    return entries_[hash];
}

SeenSet::Sighting SeenSet::observe(const eth::Hash& hash, unsigned source, Instant now,
                                   bool backfilled) {
    assert(source < kMaxSources);
    const auto bit = std::uint64_t{1} << source;
    const auto found = entries_.find(hash);
    const bool first_ever = found == entries_.end();
    auto& entry = first_ever ? insert(hash) : found->second;
    if (first_ever) {
        entry.first_wall = now.wall;
        entry.first_mono = now.mono;
        entry.first_backfilled = backfilled;
    }
    const bool first_from_source = (entry.sources & bit) == 0;
    entry.sources |= bit;
    return {.first_ever = first_ever,
            .first_from_source = first_from_source,
            .body_missing = entry.body == Body::missing,
            .body_delivered = entry.body == Body::delivered,
            .first_wall = entry.first_wall,
            .first_mono = entry.first_mono,
            .first_backfilled = entry.first_backfilled};
}

void SeenSet::body_wanted(const eth::Hash& hash) {
    if (const auto it = entries_.find(hash);
        it != entries_.end() && it->second.body == Body::missing)
        it->second.body = Body::wanted;
}

bool SeenSet::body_delivered(const eth::Hash& hash) {
    const auto it = entries_.find(hash);
    if (it == entries_.end()) return true; // forgotten meanwhile: better twice than never
    const bool first = it->second.body != Body::delivered;
    it->second.body = Body::delivered;
    return first;
}

bool SeenSet::delivered(const eth::Hash& hash) const {
    const auto it = entries_.find(hash);
    return it != entries_.end() && it->second.body == Body::delivered;
}

void SeenSet::body_lost(const eth::Hash& hash) {
    if (const auto it = entries_.find(hash); it != entries_.end()) it->second.body = Body::missing;
}

std::optional<SeenSet::Sighting> SeenSet::body_refused(const eth::Hash& hash) {
    const auto it = entries_.find(hash);
    if (it == entries_.end() || it->second.body != Body::delivered) return std::nullopt;
    auto& entry = it->second;
    entry.body = Body::missing;
    return Sighting{.body_missing = true,
                    .first_wall = entry.first_wall,
                    .first_mono = entry.first_mono,
                    .first_backfilled = entry.first_backfilled};
}

void SeenSet::seed(const eth::Hash& hash, std::uint64_t sources, eth::UnixMs first_wall) {
    if (entries_.contains(hash)) return;
    auto& entry = insert(hash);
    entry.sources = sources;
    entry.first_wall = first_wall;
    entry.body = Body::delivered;
}

} // namespace viz::ingest
