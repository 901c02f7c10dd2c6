// The transactions that wait to be included, as lifecycle placed them: what /scheduler shows and
// the pending counts of /replay. A transaction is pending from its TxDecoded until it is replaced,
// dropped or included.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bus/transaction_record.hpp"

namespace viz::http {

class PendingView {
  public:
    struct Counts {
        std::uint64_t ready{};
        std::uint64_t blocked{};
        std::uint64_t unplaced{}; // decoded, the sender's next nonce not known yet
        std::uint64_t total() const { return ready + blocked + unplaced; }
    };
    struct Account {
        bus::ChainId chain_id;
        bus::Address address;
        friend bool operator==(const Account&, const Account&) = default;
    };
    struct SenderRow {
        Account account;
        Counts counts;
    };
    // What became of transactions, since the model began.
    struct Totals {
        std::uint64_t decoded{};
        std::uint64_t ready{};
        std::uint64_t blocked{};
        std::uint64_t replaced{};
        std::uint64_t dropped{};
        std::uint64_t confirmed{}; // provisionally
        std::uint64_t finalized{};
        std::uint64_t reorged{};
        std::uint64_t evicted{}; // left this view because it was full
    };

    explicit PendingView(std::size_t capacity) : capacity_(capacity) {}

    // Brings the view to what the transaction's record says now.
    void update(const bus::TransactionRecord& record);
    // Counts the event; for a transaction that is no longer remembered, also its end.
    void note(const bus::Envelope& event);

    const Counts& counts() const { return counts_; }
    Counts counts(std::optional<bus::ChainId> chain) const;
    Totals totals(std::optional<bus::ChainId> chain) const;
    std::size_t senders() const { return senders_.size(); }
    // Those with most pending transactions, at most `limit`.
    std::vector<SenderRow> busiest(std::size_t limit, std::optional<bus::ChainId> chain) const;

  private:
    struct Entry {
        Account account;
        bus::LifecycleStatus status;
    };
    struct AccountHash {
        std::size_t operator()(const Account& a) const {
            return std::hash<bus::Address>{}(a.address) ^
                   (std::hash<bus::ChainId>{}(a.chain_id) * 0x9e3779b97f4a7c15ULL);
        }
    };
    void remove(const bus::Hash& hash);
    void count(const Entry& entry, int by);

    std::size_t capacity_;
    std::unordered_map<bus::Hash, Entry> entries_;
    std::unordered_map<Account, Counts, AccountHash> senders_;
    Counts counts_;
    std::unordered_map<bus::ChainId, Counts> by_chain_;
    std::unordered_map<bus::ChainId, Totals> totals_;
};

} // namespace viz::http
