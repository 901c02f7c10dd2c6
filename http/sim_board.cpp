#include "http/sim_board.hpp"

namespace viz::http {

SimView& SimBoard::view_of(const bus::Hash& id) {
    const auto [place, made] = views_.try_emplace(id);
    if (!made) return place->second;
    oldest_first_.push_back(id);
    if (oldest_first_.size() > capacity_) {
        const auto gone = views_.find(oldest_first_.front());
        if (const auto& candidate = gone->second.dispatched.candidate_id) {
            const auto named = by_candidate_.find(*candidate);
            if (named != by_candidate_.end() && named->second == gone->first)
                by_candidate_.erase(named);
        }
        views_.erase(gone);
        oldest_first_.pop_front();
    }
    return views_.at(id);
}

void SimBoard::apply(const bus::Envelope& event) {
    if (const auto* dispatched = std::get_if<bus::SimDispatched>(&event.data)) {
        auto& view = view_of(dispatched->sim_id);
        view.chain_id = event.chain_id;
        view.dispatched = *dispatched;
        view.dispatched_unix_ms = event.ingest_ts_unix_ms;
        view.completed.reset();
        if (dispatched->candidate_id) by_candidate_[*dispatched->candidate_id] = dispatched->sim_id;
    } else if (const auto* completed = std::get_if<bus::SimCompleted>(&event.data)) {
        const auto found = views_.find(completed->sim_id);
        if (found == views_.end()) return; // its SimDispatched is outside the window
        found->second.completed = *completed;
        found->second.completed_unix_ms = event.ingest_ts_unix_ms;
        latest_ = completed->sim_id;
    }
}

const SimView* SimBoard::find(const bus::Hash& id) const {
    auto found = views_.find(id);
    if (found == views_.end())
        if (const auto named = by_candidate_.find(id); named != by_candidate_.end())
            found = views_.find(named->second);
    return found == views_.end() ? nullptr : &found->second;
}

} // namespace viz::http
