// The newest transactions by hash, and in order of arrival by chain. Bounded by age.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "bus/transaction_record.hpp"
#include "http/versioned_log.hpp"

namespace viz::http {

class TxIndex {
    using Place = std::uint64_t; // the record's position among all ever made

  public:
    // Decoded transactions at one moment; of any thread.
    class View {
      public:
        // Newest first, until `visit(record)` answers false.
        template <class Visit> void newest_first(Visit visit) const {
            order_.newest_first(
                [&](Place place) { return place < records_.begin() || visit(records_[place]); });
        }

      private:
        friend class TxIndex;
        VersionedRows<bus::TransactionRecord>::View records_;
        VersionedLog<Place>::View order_;
    };

    explicit TxIndex(std::size_t capacity);

    // Folds the event into its transaction's record, which is created when there is none (the
    // oldest one makes room); nothing for an event that only ends what is no longer remembered.
    const bus::TransactionRecord* apply(const bus::Envelope& event);

    const bus::TransactionRecord* find(const bus::Hash& hash) const;
    // The same as a value that stays as it is.
    std::shared_ptr<const bus::TransactionRecord> share(const bus::Hash& hash) const;

    // Of one chain, or of all.
    View view(std::optional<bus::ChainId> chain) const;

    std::size_t size() const { return places_.size(); }

  private:
    Place create(const bus::Hash& hash, bus::ChainId chain);
    void list(Place place, bus::ChainId chain);

    std::size_t capacity_;
    VersionedRows<bus::TransactionRecord> records_;
    std::unordered_map<bus::Hash, Place> places_;
    VersionedLog<Place> all_; // decoded ones, in order of their TxDecoded
    std::unordered_map<bus::ChainId, VersionedLog<Place>> by_chain_;
};

} // namespace viz::http
