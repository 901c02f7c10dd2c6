#include "components/storage/reader.hpp"

#include <algorithm>
#include <chrono>

#include "components/eth/keccak.hpp"
#include "components/storage/builder_table.hpp"
#include "components/storage/chain_state.hpp"
#include "components/storage/event_log.hpp"
#include "components/storage/exposure_table.hpp"
#include "components/storage/opportunity_table.hpp"
#include "components/storage/parity_table.hpp"
#include "components/storage/row_values.hpp"
#include "components/storage/sqlite.hpp"
#include "components/storage/subject_table.hpp"
#include "components/storage/transaction_table.hpp"

namespace viz::storage {

struct Reader::Session {
    explicit Session(const std::string& path)
        : connection(path, Access::read_only, std::chrono::seconds(2)), names(connection),
          by_hash(connection.prepare("SELECT " + std::string(kTransactionColumns) +
                                     " FROM transactions WHERE hash = ?1 "
                                     "ORDER BY first_seen_unix_ms LIMIT 1")),
          log(connection) {}

    // All queries in `ask` see the same snapshot.
    template <class F> auto in_snapshot(F ask) {
        connection.execute("BEGIN");
        const auto answer = ask();
        connection.rollback_if_open(); // a COMMIT fails after a broken page was read
        return answer;
    }

    Connection connection;
    SourceNames names;
    Statement by_hash;
    EventLog log;
};

// A session for exclusive use by the caller; returned to the pool unless it failed.
class Reader::Lease {
  public:
    explicit Lease(Reader& reader) : reader_(reader) {
        {
            const std::scoped_lock lock(reader_.mutex_);
            if (!reader_.idle_.empty()) {
                session_ = std::move(reader_.idle_.back());
                reader_.idle_.pop_back();
            }
        }
        if (!session_) session_ = std::make_unique<Session>(reader_.path_);
    }
    Session& operator*() { return *session_; }
    void give_back() {
        const std::scoped_lock lock(reader_.mutex_);
        reader_.idle_.push_back(std::move(session_));
    }

  private:
    Reader& reader_;
    std::unique_ptr<Session> session_;
};

Reader::Reader(std::string path, DamageReport* report) : path_(std::move(path)), report_(report) {}
Reader::~Reader() = default;

template <class F>
auto Reader::with_session(F ask) -> Answer<decltype(ask(std::declval<Session&>()))> {
    try {
        Lease lease(*this);
        auto answer = ask(*lease);
        lease.give_back();
        return answer;
    } catch (const StoreFailure& failure) {
        return Failure{failure};
    }
}

namespace {

// A search through the log covers this many numbers per snapshot, so that a long search does not
// prevent the writer from reusing its write-ahead log.
constexpr std::uint64_t kSlice = 20'000;
// Enough for a page near its cursor; this slice is not paced.
constexpr std::uint64_t kFirstSlice = 5'000;
// A walk processes each row, so its slices are shorter.
constexpr std::uint64_t kWalkSlice = 5'000;

bool wants(const EventsQuery& query, const CheckedEvent& event) {
    if (event.damage) return true;
    if (query.chain_id && *query.chain_id != event.chain_id()) return false;
    return query.types.empty() || std::ranges::count(query.types, event.type()) != 0;
}

void note(DamageReport* report, const CheckedEvent& event) {
    if (report != nullptr && event.damage) report->add(event.seq_id, *event.damage);
}

// Registers damage; an event that does not decode is damaged.
bus::Envelope envelope_of(DamageReport* report, const CheckedEvent& event, bus::UnixMs before) {
    note(report, event);
    auto envelope = storage::envelope_of(event, before);
    if (report != nullptr && !event.damage && std::holds_alternative<bus::Damaged>(envelope.data))
        report->add(event.seq_id, DamageReason::undecodable);
    return envelope;
}

bus::PendingStep step_of(DamageReport* report, const CheckedEvent& event, bus::UnixMs before,
                         bool decode_all = false) {
    bus::PendingStep step{.seq_id = event.seq_id,
                          .timestamp = before,
                          .type = event.type(),
                          .chain_id = event.chain_id(),
                          .hash = {}};
    if (!event.damage) step.timestamp = bus::UnixMs{event.row.ts_unix_ms};
    if (!event.damage && !decode_all && !bus::changes_pending(step.type)) return step;
    const auto envelope = envelope_of(report, event, before);
    step.type = bus::type_of(envelope.data);
    step.hash = bus::hash_of(envelope.data).value_or(bus::Hash{});
    return step;
}

// The link before an event without predecessor in the log: stored by retention or with lost events.
std::optional<ChainLink> link_before(Connection& connection, std::uint64_t seq_id) {
    if (connection.integer("PRAGMA user_version") < 4) return std::nullopt;
    if (const auto start = read_log_start(connection); start && start->before_seq_id + 1 == seq_id)
        return start->before_link;
    for (const auto& lost : read_lost(connection).stretches)
        if (lost.last_seq_id + 1 == seq_id) return lost.link;
    return std::nullopt;
}

bus::BlockRecord read_block(const Statement& row) {
    bus::BlockRecord block{.number = bus::BlockNumber{row.u64(0)},
                           .timestamp_s = row.integer(3),
                           .base_fee = eth::from_decimal(row.text(4)).value_or(eth::U256()),
                           .gas_used = bus::Gas{row.u64(5)},
                           .gas_limit = bus::Gas{row.u64(6)},
                           .tx_count = static_cast<std::uint32_t>(row.integer(7)),
                           .canonical = true};
    std::ranges::copy(row.blob(1).first(32), block.hash.bytes.begin());
    std::ranges::copy(row.blob(2).first(32), block.parent_hash.bytes.begin());
    return block;
}

} // namespace

Reader::Answer<std::vector<bus::Envelope>> Reader::events(const EventsQuery& query) {
    return with_session([&](Session& session) {
        std::vector<bus::Envelope> events;
        auto from = query.after;
        bus::UnixMs time;
        for (bool first = true, more = query.limit > 0; more; first = false) {
            const auto pace = first ? nullptr : std::make_unique<ReadPacer::Slice>(pacer_);
            // Retention continues between slices, so each slice reads the log's start again.
            more = session.in_snapshot([&] {
                const auto latest = session.log.latest();
                from = std::max(from, std::max<std::uint64_t>(session.log.oldest(), 1) - 1);
                if (from >= latest) return false;
                const auto to = from + std::min(first ? kFirstSlice : kSlice, latest - from);
                session.log.scan(from, to, [&](const CheckedEvent& event) {
                    if (!event.damage) time = bus::UnixMs{event.row.ts_unix_ms};
                    if (!wants(query, event)) return true;
                    events.push_back(envelope_of(report_, event, time));
                    return events.size() < query.limit;
                });
                from = to;
                return events.size() < query.limit && to < latest;
            });
        }
        return events;
    });
}

template <class Item, class Make>
Reader::Answer<std::uint64_t> Reader::walk_slices(std::uint64_t after, std::uint64_t last,
                                                  Make make,
                                                  const std::function<void(const Item&)>& visit) {
    return with_session([&](Session& session) {
        auto visited = after;
        std::vector<Item> slice;
        for (auto from = after;;) {
            slice.clear();
            auto pace = std::make_unique<ReadPacer::Slice>(pacer_);
            const bool more = session.in_snapshot([&] {
                const auto end = std::min(last, session.log.latest());
                from = std::max(from, std::max<std::uint64_t>(session.log.oldest(), 1) - 1);
                if (from >= end) return false;
                const auto to = from + std::min(kWalkSlice, end - from);
                session.log.scan(from, to, [&](const CheckedEvent& event) {
                    slice.push_back(make(session, event));
                    return true;
                });
                from = visited = to;
                return true;
            });
            pace.reset();
            if (!more) break;
            for (const auto& item : slice) visit(item); // without holding a snapshot
        }
        return visited;
    });
}

Reader::Answer<std::uint64_t>
Reader::walk(std::uint64_t after, std::uint64_t last,
             const std::function<void(const bus::PendingStep&)>& visit) {
    bus::UnixMs time;
    const auto make = [&](Session&, const CheckedEvent& event) {
        const auto step = step_of(report_, event, time);
        time = step.timestamp;
        return step;
    };
    return walk_slices<bus::PendingStep>(after, last, make, visit);
}

Reader::Answer<std::uint64_t> Reader::audit(std::uint64_t after, std::uint64_t last,
                                            const std::function<void(const AuditedEvent&)>& visit) {
    bus::UnixMs time;
    std::optional<ChainLink> before; // of the previous event, if known
    const auto make = [&](Session& session, const CheckedEvent& event) {
        AuditedEvent audited{.step = step_of(report_, event, time, true), .damage = event.damage};
        time = audited.step.timestamp;
        if (!event.damage && audited.step.type == bus::EventType::damaged)
            audited.damage = DamageReason::undecodable;
        if (!before) before = link_before(session.connection, event.seq_id);
        if (event.damage) {
            before.reset();
        } else {
            audited.in_chain = !before || follows(*before, event.row, event.link);
            before = event.link;
        }
        return audited;
    };
    return walk_slices<AuditedEvent>(after, last, make, visit);
}

Reader::Answer<RecordSeal> Reader::seal() {
    return with_session([](Session& session) {
        RecordSeal seal{.sealed = session.log.sealed(), .start = {}, .lost = {}};
        if (!seal.sealed) return seal;
        seal.start = read_log_start(session.connection);
        seal.lost = read_lost(session.connection);
        return seal;
    });
}

Reader::Answer<std::optional<bus::Hash>> Reader::payload_hash(std::uint64_t seq_id) {
    return with_session([&](Session& session) -> std::optional<bus::Hash> {
        auto row = session.connection.prepare("SELECT payload FROM events WHERE seq_id = ?1");
        row.bind_u64(1, seq_id);
        if (!row.step()) return std::nullopt;
        return eth::keccak256(row.blob(0));
    });
}

Reader::Answer<std::optional<bus::TransactionRecord>> Reader::transaction(const bus::Hash& hash) {
    return with_session([&](Session& session) {
        auto& row = session.by_hash;
        const ResetOnExit reset(row);
        row.bind(1, hash.view());
        return row.step() ? std::optional(read_transaction(row, session.names)) : std::nullopt;
    });
}

Reader::Answer<std::vector<TransactionRow>> Reader::transactions_after(std::int64_t after,
                                                                       std::size_t limit) {
    return with_session([&](Session& session) {
        std::vector<TransactionRow> out;
        const ReadPacer::Slice pace(pacer_);
        auto rows = session.connection.prepare(
            "SELECT " + std::string(kTransactionColumns) +
            ", id, (SELECT b.timestamp_s FROM blocks b WHERE b.chain_id = transactions.chain_id "
            "AND b.number = included_block AND b.hash = included_block_hash) "
            "FROM transactions WHERE id > ?1 ORDER BY id LIMIT ?2");
        rows.bind(1, after).bind(2, static_cast<std::int64_t>(limit));
        const int id = kTransactionColumnCount;
        while (rows.step())
            out.push_back({.id = rows.integer(id),
                           .record = read_transaction(rows, session.names),
                           .block_timestamp_s = rows.is_null(id + 1)
                                                    ? std::nullopt
                                                    : std::optional(rows.integer(id + 1))});
        return out;
    });
}

Reader::Answer<std::uint64_t> Reader::latest_seq_id() {
    return with_session(
        [](Session& session) { return session.in_snapshot([&] { return session.log.latest(); }); });
}

Reader::Answer<std::uint64_t> Reader::oldest_seq_id() {
    return with_session(
        [](Session& session) { return session.in_snapshot([&] { return session.log.oldest(); }); });
}

Reader::Answer<std::vector<bus::TransactionRecord>> Reader::open_transactions(bus::ChainId chain_id,
                                                                              std::size_t limit) {
    return with_session([&](Session& session) {
        std::vector<bus::TransactionRecord> open;
        auto rows =
            session.connection.prepare("SELECT " + std::string(kTransactionColumns) +
                                       " FROM transactions WHERE status < 10 AND chain_id = ?1"
                                       " ORDER BY first_seen_unix_ms DESC LIMIT ?2");
        rows.bind_u64(1, chain_id.value).bind(2, static_cast<std::int64_t>(limit));
        while (rows.step()) open.push_back(read_transaction(rows, session.names));
        std::ranges::reverse(open);
        return open;
    });
}

Reader::Answer<std::vector<bus::TransactionRecord>> Reader::recent_losers(bus::ChainId chain_id,
                                                                          std::uint64_t rows) {
    return with_session([&](Session& session) {
        std::vector<bus::TransactionRecord> losers;
        auto found = session.connection.prepare(
            "SELECT " + std::string(kTransactionColumns) +
            " FROM transactions WHERE id > (SELECT ifnull(max(id), 0) FROM transactions) - ?2"
            " AND status IN (10, 11) AND chain_id = ?1 ORDER BY first_seen_unix_ms");
        found.bind_u64(1, chain_id.value).bind_u64(2, rows);
        while (found.step()) losers.push_back(read_transaction(found, session.names));
        return losers;
    });
}

Reader::Answer<std::vector<bus::BlockRecord>> Reader::newest_blocks(bus::ChainId chain_id,
                                                                    std::size_t limit) {
    return with_session([&](Session& session) {
        std::vector<bus::BlockRecord> blocks;
        auto rows = session.connection.prepare(
            "SELECT number, hash, parent_hash, timestamp_s, base_fee_wei, gas_used, gas_limit, "
            "tx_count FROM blocks WHERE chain_id = ?1 AND canonical = 1 "
            "ORDER BY number DESC LIMIT ?2");
        rows.bind_u64(1, chain_id.value).bind(2, static_cast<std::int64_t>(limit));
        while (rows.step()) {
            auto block = read_block(rows);
            if (!blocks.empty() && blocks.back().parent_hash != block.hash) break;
            blocks.push_back(block);
        }
        std::ranges::reverse(blocks);
        return blocks;
    });
}

Reader::Answer<std::vector<SeenTx>> Reader::newest_sights(std::uint64_t events) {
    return with_session([&](Session& session) {
        std::vector<SeenTx> sights;
        session.in_snapshot([&] {
            const auto latest = session.log.latest();
            auto from = latest - std::min(latest, events);
            from = std::max(from, std::max<std::uint64_t>(session.log.oldest(), 1) - 1);
            session.log.scan(from, latest, [&](const CheckedEvent& row) {
                note(report_, row);
                if (row.type() != bus::EventType::tx_seen) return true;
                const auto event = envelope_of(report_, row, {});
                if (const auto hash = bus::hash_of(event.data))
                    sights.push_back(
                        {event.chain_id, *hash, event.source_id, event.ingest_ts_unix_ms});
                return true;
            });
            return true;
        });
        return sights;
    });
}

Reader::Answer<std::vector<bus::OpportunityRecord>>
Reader::newest_opportunities(std::size_t limit) {
    return with_session(
        [&](Session& session) { return storage::newest_opportunities(session.connection, limit); });
}

Reader::Answer<bus::ParityHistory> Reader::parity_history(std::size_t checked, std::size_t misses) {
    return with_session([&](Session& session) {
        return storage::parity_history(session.connection, checked, misses);
    });
}

Reader::Answer<std::optional<bus::ExposureRecord>> Reader::exposure(const bus::Hash& hash) {
    return with_session([&](Session& session) { return find_exposure(session.connection, hash); });
}

Reader::Answer<std::vector<bus::Envelope>>
Reader::events_about(const bus::Hash& id, std::span<const bus::EventType> types,
                     std::size_t limit) {
    return with_session([&](Session& session) {
        return storage::events_about(session.connection, id, types, limit, report_);
    });
}

Reader::Answer<std::vector<bus::Envelope>>
Reader::newest_about(std::span<const bus::EventType> types, std::size_t limit, std::uint64_t last) {
    return with_session([&](Session& session) {
        return storage::newest_about(session.connection, types, limit, last, report_);
    });
}

Reader::Answer<bus::BuilderHistory> Reader::builder_history() {
    return with_session(
        [](Session& session) { return storage::builder_history(session.connection); });
}

} // namespace viz::storage
