#include "http/event_ring.hpp"

#include "bus/event_json.hpp"

namespace viz::http {

void EventRing::push(const bus::Envelope& event) {
    if (!entries_.empty() && event.seq_id != entries_[entries_.end() - 1].seq_id + 1)
        entries_.clear();
    Entry entry{.seq_id = event.seq_id,
                .type = bus::type_of(event.data),
                .chain_id = event.chain_id,
                .json = {}};
    bus::append_json(entry.json, event);
    entry.json.shrink_to_fit();
    const auto bytes = sizeof(Entry) + entry.json.size();
    entries_.push(std::move(entry), bytes);
}

} // namespace viz::http
