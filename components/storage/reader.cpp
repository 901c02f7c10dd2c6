#include "components/storage/reader.hpp"

#include <algorithm>
#include <chrono>

#include "components/eth/keccak.hpp"
#include "components/storage/building_table.hpp"
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
          oldest(connection.prepare("SELECT coalesce(min(seq_id), 0) FROM events")),
          latest(connection.prepare("SELECT coalesce(max(seq_id), 0) FROM events")) {}

    static std::uint64_t number(Statement& statement) {
        const ResetOnExit reset(statement);
        return statement.step() ? statement.u64(0) : 0;
    }

    Connection connection;
    SourceNames names;
    Statement by_hash;
    Statement oldest;
    Statement latest;
};

// A session of the caller's own while it asks; kept for the next one unless it failed.
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

Reader::Reader(std::string path) : path_(std::move(path)) {}
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

// A search through the log goes so many numbers at a time, each in a snapshot of its own: a long
// one must not keep the writer from reusing its write-ahead log.
constexpr std::uint64_t kSlice = 20'000;
// What a page near its cursor needs: it waits for nobody.
constexpr std::uint64_t kFirstSlice = 5'000;
// A walk works on each row it reads.
constexpr std::uint64_t kWalkSlice = 5'000;

std::string events_sql(const EventsQuery& query) {
    std::string sql = "SELECT payload FROM events WHERE seq_id > ?1 AND seq_id <= ?2";
    if (query.chain_id) sql += " AND chain_id = ?4";
    if (!query.types.empty()) {
        sql += " AND type IN (";
        for (const auto type : query.types) sql += std::to_string(static_cast<int>(type)) + ",";
        sql.back() = ')';
    }
    return sql + " ORDER BY seq_id LIMIT ?3";
}

void read_slice(Statement& rows, std::uint64_t after, std::uint64_t last, WalkDepth depth,
                std::vector<bus::PendingStep>& into) {
    into.clear();
    const ResetOnExit reset(rows);
    rows.bind_u64(1, after).bind_u64(2, last);
    while (rows.step()) {
        auto& step =
            into.emplace_back(bus::PendingStep{.seq_id = rows.u64(0),
                                               .timestamp = bus::UnixMs{rows.integer(1)},
                                               .type = static_cast<bus::EventType>(rows.integer(3)),
                                               .chain_id = bus::ChainId{rows.u64(2)},
                                               .hash = {}});
        if (depth == WalkDepth::every_event || bus::changes_pending(step.type))
            step.hash = bus::hash_of(envelope(rows, 4).data).value_or(bus::Hash{});
    }
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
        auto rows = session.connection.prepare(events_sql(query));
        if (query.chain_id) rows.bind_u64(4, query.chain_id->value);
        const auto latest = Session::number(session.latest);
        const auto oldest = Session::number(session.oldest);
        const auto start = std::max(query.after, std::max<std::uint64_t>(oldest, 1) - 1);
        auto from = start;
        while (from < latest && events.size() < query.limit) {
            const bool first = from == start;
            const auto to = from + std::min(first ? kFirstSlice : kSlice, latest - from);
            {
                const auto pace = first ? nullptr : std::make_unique<ReadPacer::Slice>(pacer_);
                const ResetOnExit reset(rows);
                rows.bind_u64(1, from).bind_u64(2, to);
                rows.bind(3, static_cast<std::int64_t>(query.limit - events.size()));
                while (rows.step()) events.push_back(envelope(rows, 0));
            }
            from = to;
        }
        return events;
    });
}

Reader::Answer<std::uint64_t>
Reader::walk(std::uint64_t after, std::uint64_t last,
             const std::function<void(const bus::PendingStep&)>& visit, WalkDepth depth) {
    return with_session([&](Session& session) {
        auto rows = session.connection.prepare(
            "SELECT seq_id, ts_unix_ms, chain_id, type, payload FROM events "
            "WHERE seq_id > ?1 AND seq_id <= ?2 ORDER BY seq_id");
        last = std::min(last, Session::number(session.latest));
        const auto oldest = Session::number(session.oldest);
        auto visited = after;
        std::vector<bus::PendingStep> slice;
        auto from = std::max(after, std::max<std::uint64_t>(oldest, 1) - 1);
        while (from < last) {
            const auto to = from + std::min(kWalkSlice, last - from);
            {
                const ReadPacer::Slice pace(pacer_);
                read_slice(rows, from, to, depth, slice);
            }
            for (const auto& step : slice) visit(step); // with no snapshot held
            if (!slice.empty()) visited = slice.back().seq_id;
            from = to;
        }
        return visited;
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
    return with_session([](Session& session) { return Session::number(session.latest); });
}

Reader::Answer<std::uint64_t> Reader::oldest_seq_id() {
    return with_session([](Session& session) { return Session::number(session.oldest); });
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
        auto rows = session.connection.prepare(
            "SELECT payload FROM events WHERE type = 1 AND seq_id > "
            "(SELECT coalesce(max(seq_id), 0) FROM events) - ?1 ORDER BY seq_id");
        rows.bind_u64(1, events);
        while (rows.step()) {
            const auto event = envelope(rows, 0);
            if (const auto hash = bus::hash_of(event.data))
                sights.push_back({event.chain_id, *hash, event.source_id, event.ingest_ts_unix_ms});
        }
        return sights;
    });
}

Reader::Answer<std::vector<bus::OpportunityRecord>>
Reader::newest_opportunities(std::size_t limit) {
    return with_session(
        [&](Session& session) { return storage::newest_opportunities(session.connection, limit); });
}

Reader::Answer<bus::ParityPast> Reader::parity_past(std::size_t checked, std::size_t misses) {
    return with_session([&](Session& session) {
        return storage::parity_past(session.connection, checked, misses);
    });
}

Reader::Answer<std::optional<bus::ExposureRecord>> Reader::exposure(const bus::Hash& hash) {
    return with_session([&](Session& session) { return find_exposure(session.connection, hash); });
}

Reader::Answer<std::vector<bus::Envelope>>
Reader::events_about(const bus::Hash& id, std::span<const bus::EventType> types,
                     std::size_t limit) {
    return with_session([&](Session& session) {
        return storage::events_about(session.connection, id, types, limit);
    });
}

Reader::Answer<std::vector<bus::Envelope>>
Reader::newest_about(std::span<const bus::EventType> types, std::size_t limit, std::uint64_t last) {
    return with_session([&](Session& session) {
        return storage::newest_about(session.connection, types, limit, last);
    });
}

Reader::Answer<bus::BuildingPast> Reader::building_past() {
    return with_session(
        [](Session& session) { return storage::building_past(session.connection); });
}

} // namespace viz::storage
