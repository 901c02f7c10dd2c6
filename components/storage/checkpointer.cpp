#include "components/storage/checkpointer.hpp"

#include <algorithm>

namespace viz::storage {

namespace {

// Within this file a failed result is thrown; the public functions catch it.
template <class T> T value_of(Result<T, StoreFailure> answer) {
    if (!answer) throw std::move(answer.error());
    return std::move(*answer);
}
void must(const std::optional<StoreFailure>& failure) {
    if (failure) throw StoreFailure(*failure);
}

} // namespace

std::optional<StoreFailure> Checkpointer::resume(std::vector<std::string>& notes) try {
    const auto oldest = value_of(log_.oldest_seq_id());
    set_ = bus::PendingSet();
    seq_id_ = 0;
    while (const auto row = value_of(file_.newest())) {
        const auto tip = value_of(log_.payload_hash(row->seq_id));
        const bool pruned = !tip && row->seq_id != 0 && row->seq_id + 1 == oldest;
        if (pruned || tip.value_or(bus::Hash{}) == row->tip) {
            auto state = value_of(file_.load(row->seq_id, notes));
            if (state && state->seq_id == row->seq_id) {
                seq_id_ = state->seq_id;
                set_ = bus::PendingSet(state->members, state->gone);
                break;
            }
        } else {
            notes.push_back("checkpoint " + std::to_string(row->seq_id) + " is not of this log");
        }
        must(file_.truncate_after(row->seq_id - 1));
    }
    // Events before the log's start are no longer known.
    if (seq_id_ + 1 < oldest) seq_id_ = oldest - 1;
    set_.track_changes();
    return std::nullopt;
} catch (const StoreFailure& failure) {
    return failure;
}

Result<bool, StoreFailure> Checkpointer::advance() try {
    const auto next = (seq_id_ / kCheckpointEvery + 1) * kCheckpointEvery;
    if (value_of(log_.latest_seq_id()) < next) return false;
    NewCheckpoint checkpoint;
    auto& row = checkpoint.row;
    auto set = set_; // a failure must leave `set_` unchanged
    value_of(log_.walk(seq_id_, next, [&](const bus::PendingStep& step) {
        set.apply(step);
        if (step.seq_id % kPointEvery == 0)
            row.points.push_back({step.seq_id, step.timestamp, set.count()});
        row.timestamp = step.timestamp;
    }));
    row.seq_id = next;
    row.pending_count = set.count();
    row.set_hash = bus::checkpoint_hash(set.sorted_hashes());
    row.tip = value_of(log_.payload_hash(next)).value_or(bus::Hash{});
    checkpoint.changes = set.take_changes();
    checkpoint.gone = set.gone();
    must(file_.append(checkpoint, set));
    set_ = std::move(set);
    seq_id_ = next;
    return true;
} catch (const StoreFailure& failure) {
    return Failure{failure};
}

std::optional<StoreFailure> Checkpointer::prune() try {
    const auto oldest = value_of(log_.oldest_seq_id());
    if (oldest <= pruned_to_) return std::nullopt;
    must(file_.prune(oldest));
    pruned_to_ = oldest;
    return std::nullopt;
} catch (const StoreFailure& failure) {
    return failure;
}

} // namespace viz::storage
