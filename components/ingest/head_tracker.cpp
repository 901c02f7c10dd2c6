#include "components/ingest/head_tracker.hpp"

#include <algorithm>
#include <utility>

namespace viz::ingest {

HeadTracker::HeadTracker(eth::ChainId chain_id, Limits limits,
                         const std::vector<HeadSeed>& recovered)
    : chain_id_(chain_id), limits_(limits) {
    for (const auto& head : recovered) {
        const bool follows = ring_.empty() || (ring_.back().hash == head.parent_hash &&
                                               ring_.back().number.value + 1 == head.number.value);
        if (!follows) { // a hole in the record: only what comes after it can be built on
            ring_.clear();
            canonical_.clear();
        }
        remember(head);
    }
}

void HeadTracker::remember(const HeadSeed& head) {
    ring_.push_back(head);
    canonical_.emplace(head.hash, head.number.value);
    while (ring_.size() > limits_.window) {
        canonical_.erase(ring_.front().hash);
        ring_.pop_front();
    }
}

std::optional<HeadSeed> HeadTracker::tip() const {
    if (ring_.empty()) return std::nullopt;
    return ring_.back();
}

void HeadTracker::abandon() {
    waiting_.clear();
    target_.reset();
    asked_range_ = false;
}

HeadTracker::Step HeadTracker::announce(bus::Head block) {
    if (knows(block.hash)) return {};
    block.catch_up = false;
    block.first = false;
    target_ = block.hash;
    asked_range_ = false;
    waiting_.insert_or_assign(block.hash, std::move(block));
    return advance();
}

HeadTracker::Step HeadTracker::supply(std::vector<bus::Head> blocks) {
    if (!target_) return {};
    for (auto& block : blocks) {
        if (knows(block.hash) || waiting_.contains(block.hash)) continue;
        block.catch_up = true;
        block.first = false;
        waiting_.emplace(block.hash, std::move(block));
    }
    return advance();
}

// Follows parents from the target down to a canonical block, or to what is missing.
HeadTracker::Step HeadTracker::advance() {
    std::vector<eth::Hash> branch; // newest first
    auto cursor = *target_;
    for (auto it = waiting_.find(cursor); it != waiting_.end(); it = waiting_.find(cursor)) {
        const auto& block = it->second;
        if (!branch.empty() && waiting_.at(branch.back()).number.value != block.number.value + 1) {
            abandon();
            return {.note = Note::inconsistent, .events = {}, .need = {}};
        }
        branch.push_back(cursor);
        cursor = block.parent_hash;
    }
    const auto lowest = waiting_.at(branch.back()).number.value;

    if (ring_.empty()) return start_again(Note::extended, 0, branch);
    if (const auto it = canonical_.find(cursor); it != canonical_.end()) {
        if (it->second + 1 == lowest)
            return join({eth::BlockNumber{it->second}, cursor, {}}, branch);
        abandon();
        return {.note = Note::inconsistent, .events = {}, .need = {}};
    }
    if (lowest <= ring_.front().number.value) return start_again(Note::beyond_window, 0, branch);

    const auto tip = ring_.back().number.value;
    const auto gap = lowest > tip + 1 ? lowest - 1 - tip : 0;
    if (gap + branch.size() > limits_.catch_up + (gap == 0 ? limits_.window : 0))
        return start_again(Note::gap_too_long, gap, branch);
    Step step{.note = Note::waiting, .events = {}, .need = {}};
    if (gap > 1 && !asked_range_) {
        asked_range_ = true;
        step.need = NeedRange{eth::BlockNumber{tip + 1}, eth::BlockNumber{lowest - 1}};
    } else {
        step.need = NeedBlock{cursor};
    }
    return step;
}

HeadTracker::Step HeadTracker::start_again(Note note, std::uint64_t missed,
                                           const std::vector<eth::Hash>& branch) {
    Step step{.note = note, .events = {}, .need = {}, .missed_blocks = missed};
    if (note == Note::beyond_window) {
        // All that is held is taken back, though the ancestor lies further down than we know.
        const auto& lowest = waiting_.at(branch.back());
        bus::Reorg reorg{.chain_id = chain_id_,
                         .ancestor_number = {},
                         .ancestor_hash = lowest.parent_hash,
                         .depth = ring_.size(),
                         .reverted_blocks = {}};
        reorg.ancestor_number.value = std::max<std::uint64_t>(lowest.number.value, 1) - 1;
        for (auto it = ring_.rbegin(); it != ring_.rend(); ++it)
            reorg.reverted_blocks.push_back(it->hash);
        step.events.emplace_back(std::move(reorg));
    }
    ring_.clear();
    canonical_.clear();
    const auto branch_size = branch.size();
    append(branch, step);
    std::get<bus::Head>(step.events[step.events.size() - branch_size]).first = true;
    return step;
}

HeadTracker::Step HeadTracker::join(const HeadSeed& ancestor,
                                    const std::vector<eth::Hash>& branch) {
    Step step{.note = Note::extended, .events = {}, .need = {}};
    if (ring_.back().hash != ancestor.hash) {
        bus::Reorg reorg{.chain_id = chain_id_,
                         .ancestor_number = ancestor.number,
                         .ancestor_hash = ancestor.hash,
                         .depth = 0,
                         .reverted_blocks = {}};
        while (ring_.back().hash != ancestor.hash) {
            reorg.reverted_blocks.push_back(ring_.back().hash);
            canonical_.erase(ring_.back().hash);
            ring_.pop_back();
        }
        reorg.depth = reorg.reverted_blocks.size();
        step.note = Note::reorganised;
        step.events.emplace_back(std::move(reorg));
    }
    append(branch, step);
    return step;
}

void HeadTracker::append(const std::vector<eth::Hash>& branch, Step& step) {
    for (auto it = branch.rbegin(); it != branch.rend(); ++it) {
        auto& block = waiting_.at(*it);
        remember({block.number, block.hash, block.parent_hash});
        step.events.emplace_back(std::move(block));
    }
    abandon(); // nothing else that waits can still be wanted
}

} // namespace viz::ingest
