#include "http/replay.hpp"

#include <algorithm>

namespace viz::http {

std::string_view to_string(ReplayError error) {
    switch (error) {
    case ReplayError::unknown_seq:
        return "unknown seq_id";
    case ReplayError::busy:
        return "another replay is running";
    case ReplayError::state_gone:
        return "the pending set before from is no longer known";
    }
    return "unknown";
}

// No event between the checkpoint and the range has been deleted.
bool RangeReplay::is_whole(const PendingStart& start) {
    return start.seq_id + 1 >= history_.oldest_seq_id();
}

// Replays every event from the checkpoint before `from`.
bool RangeReplay::go_through(RangeSummary& out, std::vector<eth::Hash>& before,
                             std::vector<eth::Hash>& after) {
    const auto from = out.from_seq_id;
    const auto to = out.to_seq_id;
    auto start = history_.pending_before(from - 1);
    if (!is_whole(start)) return false;
    auto& set = start.set;
    history_.walk(start.seq_id, to, [&](const bus::PendingStep& step) {
        set.apply(step);
        const auto seq = step.seq_id;
        if (seq == from) {
            before = set.sorted_hashes();
            out.from_pending_count = set.count();
        }
        if (seq >= from && ((seq - from) % out.stride == 0 || seq == to))
            out.frames.push_back({seq, step.timestamp, set.count()});
    });
    after = set.sorted_hashes();
    out.to_pending_count = set.count();
    return true;
}

// Replays each end from the checkpoint before it, and uses stored counts between them.
bool RangeReplay::step_over(RangeSummary& out, std::vector<eth::Hash>& before,
                            std::vector<eth::Hash>& after) {
    const auto from = out.from_seq_id;
    const auto to = out.to_seq_id;
    const auto grid = History::kPointEvery;
    out.stride = (out.stride + grid - 1) / grid * grid;
    const auto on_grid = [&](std::uint64_t seq) { return seq % out.stride == 0; };

    auto start = history_.pending_before(from - 1);
    if (!is_whole(start)) return false;
    history_.walk(start.seq_id, from, [&](const bus::PendingStep& step) {
        start.set.apply(step);
        if (step.seq_id == from) out.frames.push_back({from, step.timestamp, start.set.count()});
    });
    out.from_pending_count = start.set.count();
    before = start.set.sorted_hashes();

    auto last = history_.pending_before(to - 1);
    if (last.seq_id > from)
        start = std::move(last);
    else
        start.seq_id = from;
    for (const auto& point : history_.points(from + 1, start.seq_id))
        if (on_grid(point.seq_hi)) out.frames.push_back(point);
    history_.walk(start.seq_id, to, [&](const bus::PendingStep& step) {
        start.set.apply(step);
        if (on_grid(step.seq_id) || step.seq_id == to)
            out.frames.push_back({step.seq_id, step.timestamp, start.set.count()});
    });
    out.to_pending_count = start.set.count();
    after = start.set.sorted_hashes();
    return true;
}

Result<RangeSummary, ReplayError> RangeReplay::run(std::uint64_t from, std::uint64_t to,
                                                   std::uint64_t stride) {
    const std::unique_lock lock(running_, std::try_to_lock);
    if (!lock) return Failure{ReplayError::busy};
    const auto oldest = history_.oldest_seq_id();
    if (oldest == 0 || from < oldest || to > history_.latest_seq_id())
        return Failure{ReplayError::unknown_seq};

    RangeSummary out{.from_seq_id = from, .to_seq_id = to};
    out.stride = std::max(stride, (to - from + kMaxFrames) / kMaxFrames);
    std::vector<eth::Hash> before;
    std::vector<eth::Hash> after;
    const bool known =
        to - from <= kExactRange ? go_through(out, before, after) : step_over(out, before, after);
    if (!known) return Failure{ReplayError::state_gone};
    std::ranges::set_difference(after, before, std::back_inserter(out.added));
    std::ranges::set_difference(before, after, std::back_inserter(out.removed));
    std::ranges::reverse(out.frames);
    out.from_checkpoint = checkpoint_hash(std::move(before));
    out.to_checkpoint = checkpoint_hash(std::move(after));
    return out;
}

} // namespace viz::http
