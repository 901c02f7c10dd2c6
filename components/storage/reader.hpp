// Read access to the record through read-only connections, one per concurrent thread. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bus/messages.hpp"
#include "bus/opportunity_record.hpp"
#include "bus/pending_set.hpp"
#include "bus/transaction_record.hpp"
#include "components/eth/result.hpp"
#include "components/storage/chain_state.hpp"
#include "components/storage/damage.hpp"
#include "components/storage/read_pacer.hpp"
#include "components/storage/store_error.hpp"

namespace viz::storage {

struct EventsQuery {
    std::uint64_t after{};
    std::vector<bus::EventType> types; // empty: all
    std::optional<bus::ChainId> chain_id;
    std::size_t limit{1000};
};

// The first sight of a transaction by a source.
struct SeenTx {
    bus::ChainId chain_id;
    bus::Hash hash;
    std::string source_id;
    bus::UnixMs first_seen_unix_ms;
};

// A transaction's row, with the time of the including block if recorded.
struct TransactionRow {
    std::int64_t id{}; // ascending, in order of arrival
    bus::TransactionRecord record;
    std::optional<std::int64_t> block_timestamp_s;
};

// The record's identity and chain state.
struct RecordSeal {
    bool sealed{}; // its events have checksums (since version 4)
    std::optional<LogStart> start;
    LostList lost;
};

struct AuditedEvent {
    bus::PendingStep step;
    std::optional<DamageReason> damage;
    bool in_chain{true}; // it continues the chain of the previous event, if that one is intact
};

class Reader {
  public:
    // The file must exist and be a store (created by an EventStore). Connects on first use. Damaged
    // events are registered in `report`, which must outlive the reader and may be null.
    explicit Reader(std::string path, DamageReport* report = nullptr);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    template <class T> using Answer = Result<T, StoreFailure>;

    // Ascending, seq_id > after, at most `limit`. All events are verified: a damaged or missing one
    // is returned as bus::Damaged with its number, regardless of `types` and `chain_id`, since its
    // own are unknown.
    Answer<std::vector<bus::Envelope>> events(const EventsQuery& query);
    // Calls `visit` for each event above `after` up to `last`, in order. The hash is empty for
    // events that cannot change the pending set; damaged events have the type `damaged`. Reads in
    // many short snapshots. Returns the last number visited, or `after`.
    Answer<std::uint64_t> walk(std::uint64_t after, std::uint64_t last,
                               const std::function<void(const bus::PendingStep&)>& visit);
    // As walk(), but decodes every event and reports its damage: for viz-replay.
    Answer<std::uint64_t> audit(std::uint64_t after, std::uint64_t last,
                                const std::function<void(const AuditedEvent&)>& visit);
    Answer<RecordSeal> seal();
    // Keccak-256 of the payload of event `seq_id`; empty if the log does not hold it.
    Answer<std::optional<bus::Hash>> payload_hash(std::uint64_t seq_id);
    Answer<std::optional<bus::TransactionRecord>> transaction(const bus::Hash& hash);
    Answer<std::uint64_t> latest_seq_id();
    Answer<std::uint64_t> oldest_seq_id(); // 0: the log is empty

    // Rows above `after`, in order of arrival, at most `limit`.
    Answer<std::vector<TransactionRow>> transactions_after(std::int64_t after, std::size_t limit);

    // For a restart: transactions that are not final, in order of first seen.
    Answer<std::vector<bus::TransactionRecord>> open_transactions(bus::ChainId chain_id,
                                                                  std::size_t limit);
    // The replaced and dropped ones among the newest `rows` transactions of all chains, in order of
    // first seen: a reorg or a rebroadcast can make them pending again.
    Answer<std::vector<bus::TransactionRecord>> recent_losers(bus::ChainId chain_id,
                                                              std::uint64_t rows);
    // The newest canonical blocks, ascending and consecutive.
    Answer<std::vector<bus::BlockRecord>> newest_blocks(bus::ChainId chain_id, std::size_t limit);
    // First sights among the newest `events` events of the log, oldest first.
    Answer<std::vector<SeenTx>> newest_sights(std::uint64_t events);

    // The most recently detected ones, at most `limit`, oldest first.
    Answer<std::vector<bus::OpportunityRecord>> newest_opportunities(std::size_t limit);
    // The parity counts, the newest `checked` results and the newest `misses`.
    Answer<bus::ParityHistory> parity_history(std::size_t checked, std::size_t misses);
    Answer<std::optional<bus::ExposureRecord>> exposure(const bus::Hash& hash);

    // For types in bus::kTypesWithSubjects: the newest `limit` events about a simulation, candidate
    // or bundle, ascending; and the newest `limit` events of each type up to `last`.
    Answer<std::vector<bus::Envelope>>
    events_about(const bus::Hash& id, std::span<const bus::EventType> types, std::size_t limit);
    Answer<std::vector<bus::Envelope>> newest_about(std::span<const bus::EventType> types,
                                                    std::size_t limit, std::uint64_t last);
    Answer<bus::BuilderHistory> builder_history();

  private:
    struct Session;
    class Lease;
    template <class Item, class Make>
    Answer<std::uint64_t> walk_slices(std::uint64_t after, std::uint64_t last, Make make,
                                      const std::function<void(const Item&)>& visit);
    template <class F> auto with_session(F ask) -> Answer<decltype(ask(std::declval<Session&>()))>;

    std::string path_;
    DamageReport* report_;
    ReadPacer pacer_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Session>> idle_;
};

} // namespace viz::storage
