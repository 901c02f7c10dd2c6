// The newest transactions by hash, and in order of arrival by chain. Bounded: the oldest are
// evicted.
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
    // Decoded transactions at one moment; usable on any thread.
    class View {
      public:
        // Newest first, until `visit(record)` returns false.
        template <class Visit> void newest_first(Visit visit) const {
            order_.newest_first(
                [&](Place place) { return place < records_.begin() || visit(records_[place]); });
        }

      private:
        friend class TxIndex;
        VersionedRows<bus::TransactionRecord>::View records_;
        VersionedLog<Place>::View order_;
    };

    TxIndex(std::size_t capacity, std::size_t max_bytes);

    // Applies the event to its transaction's record, which is created if necessary (evicting the
    // oldest); null for an event that only ends an unknown transaction.
    const bus::TransactionRecord* apply(const bus::Envelope& event);

    const bus::TransactionRecord* find(const bus::Hash& hash) const;
    // The same as an immutable value.
    std::shared_ptr<const bus::TransactionRecord> share(const bus::Hash& hash) const;

    // Of one chain; std::nullopt: of all.
    View view(std::optional<bus::ChainId> chain) const;

    std::size_t size() const { return places_.size(); }
    std::size_t bytes() const { return records_.bytes(); }

  private:
    Place create(const bus::Hash& hash, bus::ChainId chain);
    void list(Place place, bus::ChainId chain);
    void resize(Place place);
    void evict_oldest();

    std::size_t capacity_;
    std::size_t max_bytes_;
    VersionedRows<bus::TransactionRecord> records_;
    std::unordered_map<bus::Hash, Place> places_;
    VersionedLog<Place> all_; // decoded transactions, in order of TxDecoded
    std::unordered_map<bus::ChainId, VersionedLog<Place>> by_chain_;
};

} // namespace viz::http
