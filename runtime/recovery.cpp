#include "runtime/recovery.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "runtime/node_runtime.hpp"

namespace viz::runtime {

namespace {

// Number of newest blocks: the deepest reorganisation that is reverted exactly after a restart.
constexpr std::size_t kBlocks = 128;
// Log entries searched for first sightings, per remembered hash: a transaction has three to six
// entries.
constexpr std::uint64_t kEventsPerHash = 8;
// Number of newest transactions searched for replaced and dropped ones.
constexpr std::uint64_t kLoserRows = 100'000;

template <class T> T must(storage::Reader::Answer<T> answer, const Config& config) {
    if (!answer) throw StartError(answer.error().message(config.storage_path));
    return std::move(*answer);
}

lifecycle::Status to_lifecycle(bus::LifecycleStatus status) {
    switch (status) {
    case bus::LifecycleStatus::pending:
        return lifecycle::Status::pending;
    case bus::LifecycleStatus::ready:
        return lifecycle::Status::ready;
    case bus::LifecycleStatus::blocked:
        return lifecycle::Status::blocked;
    case bus::LifecycleStatus::replaced:
        return lifecycle::Status::replaced;
    case bus::LifecycleStatus::dropped:
        return lifecycle::Status::dropped;
    case bus::LifecycleStatus::confirmed_provisional:
        return lifecycle::Status::confirmed_provisional;
    case bus::LifecycleStatus::confirmed_final:
        return lifecycle::Status::confirmed_final;
    }
    return lifecycle::Status::pending;
}

bool any_backfilled(const bus::TransactionRecord& record) {
    return !record.sources.empty() && record.sources.front().backfilled;
}

lifecycle::Recovery lifecycle_recovery(std::vector<bus::TransactionRecord> open,
                                       std::vector<bus::BlockRecord> blocks) {
    std::unordered_map<bus::Hash, std::int64_t> timestamps;
    for (const auto& block : blocks) timestamps[block.hash] = block.timestamp_s;
    lifecycle::Recovery recovery{.transactions = {}, .blocks = std::move(blocks)};
    for (auto& record : open) {
        // Seen but never decoded: ingest will receive it again.
        if (!record.decoded) continue;
        const auto block_hash = record.included_block_hash.value_or(bus::Hash{});
        const auto timestamp = timestamps.find(block_hash);
        recovery.transactions.push_back(
            {.tx = *record.decoded,
             .backfilled = any_backfilled(record),
             .status = to_lifecycle(record.lifecycle_status),
             .reason = record.lifecycle_reason,
             .by = record.superseded_by,
             .block_number = record.included_block.value_or(bus::BlockNumber{}),
             .block_hash = block_hash,
             .block_timestamp_s = timestamp != timestamps.end() ? timestamp->second : 0});
    }
    return recovery;
}

void add_sight(std::unordered_map<bus::Hash, std::size_t>& places, ingest::ChainRecovery& into,
               const storage::SeenTx& sight) {
    const auto [place, is_new] = places.emplace(sight.hash, into.seen.size());
    if (is_new)
        into.seen.push_back(
            {.hash = sight.hash, .first_seen_unix_ms = sight.first_seen_unix_ms, .source_ids = {}});
    into.seen[place->second].source_ids.push_back(sight.source_id);
}

} // namespace

lifecycle::Recovery Recovered::lifecycle_of(bus::ChainId id) const {
    const auto found = chains.find(id);
    return found != chains.end() ? found->second.lifecycle : lifecycle::Recovery{};
}

ingest::ChainRecovery Recovered::ingest_of(bus::ChainId id) const {
    const auto found = chains.find(id);
    return found != chains.end() ? found->second.ingest : ingest::ChainRecovery{.chain_id = id};
}

Recovered recover(storage::Reader& reader, const Config& config) {
    Recovered recovered;
    std::unordered_map<std::uint64_t, std::unordered_map<bus::Hash, std::size_t>> places;
    for (const auto& settings : config.chains) {
        const auto id = settings.chain_id;
        auto& chain = recovered.chains[id];
        chain.ingest.chain_id = id;
        auto blocks = must(reader.newest_blocks(id, kBlocks), config);
        for (const auto& block : blocks)
            chain.ingest.heads.push_back({block.number, block.hash, block.parent_hash});
        auto known = must(reader.open_transactions(id, config.scheduler_max_pending), config);
        auto losers = must(reader.recent_losers(id, kLoserRows), config);
        // Both are already in order of first seen.
        const auto middle = static_cast<std::ptrdiff_t>(known.size());
        known.insert(known.end(), std::make_move_iterator(losers.begin()),
                     std::make_move_iterator(losers.end()));
        std::ranges::inplace_merge(known, known.begin() + middle, {},
                                   &bus::TransactionRecord::first_seen_unix_ms);
        chain.lifecycle = lifecycle_recovery(std::move(known), std::move(blocks));
    }
    const auto look_back = config.max_seen_hashes * kEventsPerHash;
    for (const auto& sight : must(reader.newest_sights(look_back), config))
        if (const auto chain = recovered.chains.find(sight.chain_id);
            chain != recovered.chains.end())
            add_sight(places[sight.chain_id.value], chain->second.ingest, sight);
    return recovered;
}

} // namespace viz::runtime
