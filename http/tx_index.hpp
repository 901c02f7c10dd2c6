// The newest transactions by hash, and in order of arrival by chain. Bounded by age.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/transaction_record.hpp"

namespace viz::http {

class TxIndex {
  public:
    explicit TxIndex(std::size_t capacity);

    // Folds the event into its transaction's record, which is created when there is none (the
    // oldest one makes room); nothing for an event that only ends what is no longer remembered.
    const bus::TransactionRecord* apply(const bus::Envelope& event);

    const bus::TransactionRecord* find(const bus::Hash& hash) const;

    // Decoded transactions, newest first, until `visit(record)` answers false.
    template <class Visit> void newest_first(std::optional<bus::ChainId> chain, Visit visit) const {
        const auto* order = &all_;
        if (chain) {
            const auto found = by_chain_.find(*chain);
            if (found == by_chain_.end()) return;
            order = &found->second;
        }
        for (auto i = order->rbegin(); i != order->rend(); ++i)
            if (is_kept(*i) && !visit(slot(*i))) return;
    }

    std::size_t size() const { return places_.size(); }

  private:
    using Place = std::uint64_t; // counts records ever made; its slot is place % capacity

    bool is_kept(Place place) const { return place + slots_.size() >= next_ && place < next_; }
    const bus::TransactionRecord& slot(Place place) const {
        return slots_[static_cast<std::size_t>(place % slots_.size())];
    }
    Place create(const bus::Hash& hash, bus::ChainId chain);
    void list(Place place, bus::ChainId chain);

    std::vector<bus::TransactionRecord> slots_;
    std::unordered_map<bus::Hash, Place> places_;
    Place next_{};
    std::deque<Place> all_; // decoded ones, in order of their TxDecoded
    std::unordered_map<bus::ChainId, std::deque<Place>> by_chain_;
};

} // namespace viz::http
