// The pending transactions as classified by lifecycle: the data of /scheduler and the pending
// counts of /replay. A transaction is pending from its TxDecoded until it is replaced, dropped or
// included.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/transaction_record.hpp"
#include "http/sender_board.hpp"

namespace viz::http {

class PendingView {
  public:
    using Counts = PendingCounts;
    struct SenderRow {
        bus::ChainId chain_id;
        bus::Address sender;
        Counts counts;
    };
    // Outcomes of transactions, since the model began.
    struct Totals {
        std::uint64_t decoded{};
        std::uint64_t ready{};
        std::uint64_t blocked{};
        std::uint64_t replaced{};
        std::uint64_t dropped{};
        std::uint64_t confirmed{}; // provisionally
        std::uint64_t finalized{};
        std::uint64_t reorged{};
        std::uint64_t evicted{}; // evicted from this view because it was full
    };

    // Values that are requested together, of one moment.
    struct Summary {
        Counts counts;
        Totals totals;
        std::size_t senders{};
        std::vector<SenderRow> busiest; // senders with the most pending transactions
    };

    explicit PendingView(std::size_t capacity) : capacity_(capacity) {}

    // Updates the view to the transaction's current record. A full view evicts its oldest
    // transaction. A record without a body (its TxDecoded is still to come, or the transaction was
    // evicted from the window) changes nothing.
    void update(const bus::TransactionRecord& record);
    // Counts the event, and applies it to its transaction if that is in the view.
    void note(const bus::Envelope& event);

    bool contains(const bus::Hash& hash) const { return entries_.contains(hash); }
    const Counts& counts() const { return counts_; }
    Counts counts(std::optional<bus::ChainId> chain) const;
    Totals totals(std::optional<bus::ChainId> chain) const;
    std::size_t senders(std::optional<bus::ChainId> chain) const;
    // Senders with the most pending transactions, at most `limit`.
    std::vector<SenderRow> busiest(std::size_t limit, std::optional<bus::ChainId> chain) const;
    Summary summary(std::optional<bus::ChainId> chain, std::size_t busiest_limit) const {
        return {counts(chain), totals(chain), senders(chain), busiest(busiest_limit, chain)};
    }

  private:
    struct Entry {
        bus::ChainId chain_id;
        bus::Address sender;
        bus::LifecycleStatus status;
        std::list<bus::Hash>::iterator age; // its position in by_age_
    };
    struct OfChain {
        Counts counts;
        Totals totals;
        SenderBoard senders;
    };
    void move(const bus::Hash& hash, bus::LifecycleStatus status);
    void remove(const bus::Hash& hash);

    std::size_t capacity_;
    std::unordered_map<bus::Hash, Entry> entries_;
    std::list<bus::Hash> by_age_; // oldest first
    Counts counts_;
    std::unordered_map<bus::ChainId, OfChain> chains_;
};

} // namespace viz::http
