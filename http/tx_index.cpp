#include "http/tx_index.hpp"

#include "bus/transaction_fold.hpp"
#include "http/row_bytes.hpp"

namespace viz::http {

TxIndex::TxIndex(std::size_t capacity, std::size_t max_bytes)
    : capacity_(capacity), max_bytes_(max_bytes), records_(capacity), all_(capacity) {
    places_.reserve(capacity);
}

const bus::TransactionRecord* TxIndex::apply(const bus::Envelope& event) {
    const auto hash = bus::hash_of(event.data);
    // Later findings about a transaction do not restore one that has been evicted.
    if (!hash || !bus::changes_record(bus::type_of(event.data))) return nullptr;
    const auto found = places_.find(*hash);
    if (found == places_.end() && std::holds_alternative<bus::TxConfirmedFinal>(event.data))
        return nullptr;
    const auto place = found != places_.end() ? found->second : create(*hash, event.chain_id);
    auto& record = records_.edit(place);
    const bool was_decoded = record.decoded.has_value();
    bus::apply(record, event);
    // The others change nothing that has a size of its own.
    if (found == places_.end() || std::holds_alternative<bus::Feature>(event.data) ||
        std::holds_alternative<bus::TxSeen>(event.data))
        resize(place);
    if (!was_decoded && record.decoded) list(place, record.chain_id);
    return &record;
}

const bus::TransactionRecord* TxIndex::find(const bus::Hash& hash) const {
    const auto found = places_.find(hash);
    return found == places_.end() ? nullptr : &records_[found->second];
}

std::shared_ptr<const bus::TransactionRecord> TxIndex::share(const bus::Hash& hash) const {
    const auto found = places_.find(hash);
    return found == places_.end() ? nullptr : records_.share(found->second);
}

TxIndex::View TxIndex::view(std::optional<bus::ChainId> chain) const {
    View view;
    const auto* order = &all_;
    if (chain) {
        const auto found = by_chain_.find(*chain);
        if (found == by_chain_.end()) return view;
        order = &found->second;
    }
    view.records_ = records_.view();
    view.order_ = order->view();
    return view;
}

TxIndex::Place TxIndex::create(const bus::Hash& hash, bus::ChainId chain) {
    if (records_.size() >= capacity_) evict_oldest();
    const auto place = records_.push(bus::new_record(hash, chain));
    places_.emplace(hash, place);
    return place;
}

void TxIndex::resize(Place place) {
    records_.resize(place, bytes_of(records_[place]));
    while (records_.bytes() > max_bytes_ && records_.begin() < place) evict_oldest();
}

void TxIndex::evict_oldest() {
    places_.erase(records_[records_.begin()].hash);
    records_.pop_front();
}

void TxIndex::list(Place place, bus::ChainId chain) {
    const auto append = [&](VersionedLog<Place>& order) {
        while (!order.empty() && order[order.begin()] < records_.begin()) order.pop_front();
        order.push(place);
    };
    append(all_);
    append(by_chain_.try_emplace(chain, capacity_).first->second);
}

} // namespace viz::http
