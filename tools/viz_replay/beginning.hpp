// The pending set at the beginning of a log: empty at event 1; in a log shortened by retention, the
// set of the first remaining checkpoint.
#pragma once

#include <optional>

#include "bus/pending_set.hpp"
#include "components/storage/checkpoint_file.hpp"

namespace viz::replay {

struct Beginning {
    std::uint64_t seq_id{}; // `set` was pending after this event
    bus::PendingSet set;    // of the selected chains
};

// `oldest`: the first event in the log. std::nullopt for a shortened log without a checkpoint;
// `file` may be null.
template <class WantsChain>
std::optional<Beginning> beginning_of(storage::CheckpointFile* file, std::uint64_t oldest,
                                      WantsChain wants_chain) {
    if (oldest <= 1) return Beginning{};
    if (file == nullptr) return std::nullopt;
    const auto rows = file->rows(oldest - 2, 1);
    if (!rows || rows->empty()) return std::nullopt;
    std::vector<std::string> skipped;
    const auto state = file->load(rows->front().seq_id, skipped);
    if (!state || !*state || (*state)->seq_id != rows->front().seq_id) return std::nullopt;
    auto members = (*state)->members;
    std::erase_if(members,
                  [&](const auto& member) { return !wants_chain(member.key.chain_id.value); });
    return Beginning{(*state)->seq_id, bus::PendingSet(members, (*state)->gone)};
}

} // namespace viz::replay
