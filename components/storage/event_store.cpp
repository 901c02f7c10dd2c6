#include "components/storage/event_store.hpp"

#include <chrono>
#include <map>

#include "bus/transaction_fold.hpp"
#include "components/storage/schema.hpp"
#include "components/storage/sqlite.hpp"
#include "components/storage/transaction_table.hpp"

namespace viz::storage {

namespace {

// 64 MiB of pages: the transactions' tree is written at random places.
constexpr const char* kPragmas = "PRAGMA journal_mode = WAL;"
                                 "PRAGMA temp_store = MEMORY;"
                                 "PRAGMA cache_size = -65536;"
                                 "PRAGMA wal_autocheckpoint = 4000;"
                                 "PRAGMA journal_size_limit = 67108864;";

struct TransactionKey {
    bus::ChainId chain_id;
    bus::Hash hash;
    friend auto operator<=>(const TransactionKey&, const TransactionKey&) = default;
};

} // namespace

struct EventStore::Impl {
    explicit Impl(Connection opened)
        : connection(std::move(opened)), names(connection), transactions(connection, names),
          insert_event(connection.prepare("INSERT INTO events VALUES (?1,?2,?3,?4,?5,?6,?7)")),
          upsert_block(
              connection.prepare("INSERT INTO blocks VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) "
                                 "ON CONFLICT DO UPDATE SET canonical = excluded.canonical")),
          begin(connection.prepare("BEGIN IMMEDIATE")), commit(connection.prepare("COMMIT")),
          latest(static_cast<std::uint64_t>(
              connection.integer("SELECT coalesce(max(seq_id), 0) FROM events"))) {}

    void write_event(const Entry& entry, std::uint64_t seq_id) {
        const auto& e = entry.envelope;
        insert_event.bind_u64(1, seq_id)
            .bind(2, e.ingest_ts_unix_ms.value)
            .bind(3, e.ingest_ts_mono_ns.value)
            .bind_u64(4, e.chain_id.value)
            .bind(5, names.id_of(e.source_id))
            .bind(6, static_cast<std::int64_t>(bus::type_of(e.data)))
            .bind(7, std::span<const std::uint8_t>(entry.payload))
            .run();
    }

    void write_block(bus::ChainId chain_id, const bus::BlockRecord& block) {
        const auto base_fee = eth::to_decimal(block.base_fee);
        upsert_block.bind_u64(1, chain_id.value)
            .bind_u64(2, block.number.value)
            .bind(3, block.hash.view())
            .bind(4, block.parent_hash.view())
            .bind(5, block.timestamp_s)
            .bind(6, std::string_view(base_fee))
            .bind_u64(7, block.gas_used.value)
            .bind_u64(8, block.gas_limit.value)
            .bind(9, std::int64_t{block.tx_count})
            .bind(10, std::int64_t{block.canonical})
            .run();
    }

    // Rows touched by this append: folded in memory, written once each, in order of the tree.
    struct Touched {
        bus::TransactionRecord record;
        bool exists;
    };
    using TouchedRows = std::map<TransactionKey, Touched>;

    void fold(const bus::Envelope& envelope, TouchedRows& rows) {
        const auto hash = bus::hash_of(envelope.data);
        if (!hash) return;
        const TransactionKey key{envelope.chain_id, *hash};
        auto found = rows.find(key);
        if (found == rows.end()) {
            auto known = transactions.load(*hash, envelope.chain_id);
            const bool exists = known.has_value();
            found = rows.emplace(key, Touched{exists ? std::move(*known)
                                                     : bus::new_record(*hash, envelope.chain_id),
                                              exists})
                        .first;
        }
        bus::apply(found->second.record, envelope);
    }

    void write_all(std::span<Entry> entries) {
        TouchedRows rows;
        auto next = latest;
        for (auto& entry : entries) {
            auto& envelope = entry.envelope;
            if (bus::is_numbered(bus::type_of(envelope.data))) {
                envelope.seq_id = ++next;
                if (!bus::number_envelope(entry.payload, next))
                    throw StoreFailure{StoreError::bad_entry, "an entry that cannot be numbered"};
                write_event(entry, next);
            } else if (const auto* block = std::get_if<bus::BlockRecord>(&envelope.data)) {
                write_block(envelope.chain_id, *block);
            }
            fold(envelope, rows);
        }
        for (const auto& [key, row] : rows) {
            if (row.exists)
                transactions.update(row.record);
            else
                transactions.insert(row.record);
        }
        commit.run();
        latest = next;
    }

    Connection connection;
    SourceNames names;
    TransactionTable transactions;
    Statement insert_event;
    Statement upsert_block;
    Statement begin;
    Statement commit;
    std::uint64_t latest;
};

EventStore::EventStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventStore::~EventStore() = default;

Result<std::unique_ptr<EventStore>, StoreFailure> EventStore::open(const std::string& path,
                                                                   const StoreOptions& options) {
    try {
        Connection connection(path, Access::read_write_create, std::chrono::seconds(2));
        check_identity(connection);
        connection.execute(kPragmas);
        connection.execute(options.synchronous == Synchronous::full
                               ? "PRAGMA synchronous = FULL"
                               : "PRAGMA synchronous = NORMAL");
        if (options.max_pages > 0)
            connection.execute("PRAGMA max_page_count = " + std::to_string(options.max_pages));
        migrate(connection);
        return std::unique_ptr<EventStore>(
            new EventStore(std::make_unique<Impl>(std::move(connection))));
    } catch (const StoreFailure& failure) {
        return Failure{failure};
    }
}

std::optional<StoreFailure> EventStore::append(std::span<Entry> entries) {
    try {
        impl_->begin.run();
        impl_->write_all(entries);
        impl_->names.keep_added();
        return std::nullopt;
    } catch (const StoreFailure& failure) {
        impl_->connection.rollback_if_open();
        impl_->names.forget_added();
        return failure;
    }
}

std::uint64_t EventStore::latest_seq_id() const {
    return impl_->latest;
}

} // namespace viz::storage
