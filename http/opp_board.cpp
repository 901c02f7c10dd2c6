#include "http/opp_board.hpp"

#include "bus/opportunity_fold.hpp"

namespace viz::http {

void OppBoard::begin_with(std::vector<bus::OpportunityRecord> past, std::uint64_t up_to) {
    begun_with_ = up_to;
    for (auto& record : past) insert(std::move(record));
}

void OppBoard::apply(const bus::Envelope& event) {
    if (event.seq_id != 0 && event.seq_id <= begun_with_) return;
    const auto id = bus::candidate_of(event.data);
    if (!id) return;
    if (const auto known = places_.find(*id); known != places_.end())
        return bus::apply(records_.edit(known->second), event);
    auto early = early_.take(*id);
    auto record = early ? std::move(*early) : bus::new_opportunity(*id, event.chain_id);
    bus::apply(record, event);
    if (record.detected)
        insert(std::move(record));
    else
        early_.insert(*id, std::move(record));
}

// Inserts as the newest.
void OppBoard::insert(bus::OpportunityRecord record) {
    const auto id = record.candidate_id;
    if (const auto known = places_.find(id); known != places_.end()) {
        records_.edit(known->second) = std::move(record);
        return;
    }
    if (records_.size() >= capacity_) places_.erase(records_[records_.begin()].candidate_id);
    places_.emplace(id, records_.push(std::move(record)));
}

} // namespace viz::http
