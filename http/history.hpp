// Reads the record beyond the read model's window. The runtime provides an implementation with
// storage's read-only connections; http never links storage.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "bus/messages.hpp"
#include "bus/opportunity_record.hpp"
#include "bus/pending_set.hpp"
#include "bus/transaction_record.hpp"

namespace viz::http {

struct EventQuery {
    std::uint64_t after{};
    std::vector<bus::EventType> types; // empty: all
    std::optional<bus::ChainId> chain_id;
    std::size_t limit{1000};
};

using bus::TransactionRecord;

// The record cannot be read at the moment; the requested data may exist. The text is for the log.
class RecordUnavailable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The pending set after the event `seq_id`.
struct PendingStart {
    std::uint64_t seq_id{};
    bus::PendingSet set;
};

// Thread-safe. Returns committed data only; throws RecordUnavailable.
class History {
  public:
    virtual ~History() = default;
    // Ascending, seq_id > after, at most `limit`.
    virtual std::vector<bus::Envelope> events(const EventQuery& query) = 0;
    virtual std::optional<TransactionRecord> transaction(const bus::Hash& hash) = 0;
    // Transactions that are not final (pending, ready, blocked, provisionally confirmed), at most
    // `limit` per chain.
    virtual std::vector<TransactionRecord> open_transactions(std::size_t limit) = 0;
    virtual std::uint64_t latest_seq_id() = 0;
    virtual std::uint64_t oldest_seq_id() = 0; // 0: the log is empty

    // The opportunities detected last, at most `limit`, oldest first; includes at least the events
    // up to an earlier latest_seq_id().
    virtual std::vector<bus::OpportunityRecord> newest_opportunities(std::size_t limit) = 0;
    // The parity counts, the newest `checked` results and the newest `misses`.
    virtual bus::ParityHistory parity_history(std::size_t checked, std::size_t misses) = 0;
    virtual std::optional<bus::ExposureRecord> exposure(const bus::Hash& hash) = 0;
    // Events about one simulation, candidate or bundle, the newest kMostAbout, ascending. `types`:
    // of bus::kTypesWithSubjects.
    virtual std::vector<bus::Envelope> events_about(const bus::Hash& id,
                                                    std::span<const bus::EventType> types) = 0;
    static constexpr std::size_t kMostAbout = 1'000;
    // The same about any of them, the newest `limit` of each type up to `last`.
    virtual std::vector<bus::Envelope> newest_about(std::span<const bus::EventType> types,
                                                    std::size_t limit, std::uint64_t last) = 0;
    virtual bus::BuilderHistory builder_history() = 0;
    // The newest canonical block of each chain, as its record.
    virtual std::vector<bus::Envelope> newest_blocks() = 0;

    // For replay: each event above `after` up to `last`, in order.
    virtual void walk(std::uint64_t after, std::uint64_t last,
                      const std::function<void(const bus::PendingStep&)>& visit);
    // The nearest stored checkpoint at or before `seq_id`; an empty set at 0 when there is none.
    virtual PendingStart pending_before(std::uint64_t seq_id);
    // Stored counts, one per kPointEvery events, from <= seq_hi <= to, ascending, as far as there
    // are checkpoints.
    virtual std::vector<bus::PendingPoint> points(std::uint64_t from, std::uint64_t to);
    static constexpr std::uint64_t kPointEvery = 1'000;
};

} // namespace viz::http
