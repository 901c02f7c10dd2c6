#include "http/tx_index.hpp"

#include "bus/transaction_fold.hpp"

namespace viz::http {

TxIndex::TxIndex(std::size_t capacity) : slots_(capacity) {
    places_.reserve(capacity);
}

const bus::TransactionRecord* TxIndex::apply(const bus::Envelope& event) {
    const auto hash = bus::hash_of(event.data);
    // What is found about a transaction later does not bring back one that has been forgotten.
    if (!hash || !bus::changes_record(bus::type_of(event.data))) return nullptr;
    const auto found = places_.find(*hash);
    if (found == places_.end() && std::holds_alternative<bus::TxConfirmedFinal>(event.data))
        return nullptr;
    const auto place = found != places_.end() ? found->second : create(*hash, event.chain_id);
    auto& record = slots_[static_cast<std::size_t>(place % slots_.size())];
    const bool was_decoded = record.decoded.has_value();
    bus::apply(record, event);
    if (!was_decoded && record.decoded) list(place, record.chain_id);
    return &record;
}

const bus::TransactionRecord* TxIndex::find(const bus::Hash& hash) const {
    const auto found = places_.find(hash);
    return found == places_.end() ? nullptr : &slot(found->second);
}

TxIndex::Place TxIndex::create(const bus::Hash& hash, bus::ChainId chain) {
    const auto place = next_++;
    auto& record = slots_[static_cast<std::size_t>(place % slots_.size())];
    if (place >= slots_.size()) places_.erase(record.hash);
    record = bus::new_record(hash, chain);
    places_.emplace(hash, place);
    return place;
}

void TxIndex::list(Place place, bus::ChainId chain) {
    const auto append = [&](std::deque<Place>& order) {
        while (!order.empty() && !is_kept(order.front())) order.pop_front();
        order.push_back(place);
    };
    append(all_);
    append(by_chain_[chain]);
}

} // namespace viz::http
