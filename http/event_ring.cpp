#include "http/event_ring.hpp"

#include <algorithm>

#include "bus/event_json.hpp"

namespace viz::http {

void EventRing::push(const bus::Envelope& event) {
    if (!entries_.empty() && event.seq_id != entries_.back().seq_id + 1) entries_.clear();
    Entry entry{.seq_id = event.seq_id,
                .type = bus::type_of(event.data),
                .chain_id = event.chain_id,
                .json = {}};
    if (entries_.size() >= capacity_) {
        // The oldest one's buffer serves the newest.
        entry.json = std::move(entries_.front().json);
        entry.json.clear();
        entries_.pop_front();
    }
    bus::append_json(entry.json, event);
    entries_.push_back(std::move(entry));
}

std::size_t EventRing::first_above(std::uint64_t after) const {
    const auto found =
        std::upper_bound(entries_.begin(), entries_.end(), after,
                         [](std::uint64_t seq, const Entry& entry) { return seq < entry.seq_id; });
    return static_cast<std::size_t>(found - entries_.begin());
}

} // namespace viz::http
