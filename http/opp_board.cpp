#include "http/opp_board.hpp"

#include "bus/opportunity_fold.hpp"

namespace viz::http {

void OppBoard::begin_with(std::vector<bus::OpportunityRecord> past, std::uint64_t up_to) {
    begun_with_ = up_to;
    for (auto& record : past) {
        const auto id = record.candidate_id;
        known_.insert(id, std::move(record));
    }
}

void OppBoard::apply(const bus::Envelope& event) {
    if (event.seq_id != 0 && event.seq_id <= begun_with_) return;
    const auto id = bus::candidate_of(event.data);
    if (!id) return;
    if (auto* known = known_.find(*id)) return bus::apply(*known, event);
    auto early = early_.take(*id);
    auto record = early ? std::move(*early) : bus::new_opportunity(*id, event.chain_id);
    bus::apply(record, event);
    auto& home = record.detected ? known_ : early_;
    home.insert(*id, std::move(record));
}

} // namespace viz::http
