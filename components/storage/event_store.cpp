#include "components/storage/event_store.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "bus/transaction_fold.hpp"
#include "components/storage/builder_table.hpp"
#include "components/storage/case_table.hpp"
#include "components/storage/event_chain.hpp"
#include "components/storage/exposure_table.hpp"
#include "components/storage/log_end.hpp"
#include "components/storage/opportunity_table.hpp"
#include "components/storage/parity_table.hpp"
#include "components/storage/schema.hpp"
#include "components/storage/sqlite.hpp"
#include "components/storage/subject_table.hpp"
#include "components/storage/time_table.hpp"
#include "components/storage/transaction_table.hpp"
#include "components/storage/trim.hpp"
#include "components/storage/writer_lock.hpp"

namespace viz::storage {

namespace {

// A cache of 64 MiB: the B-tree of transactions is written at random places. A WAL checkpoint every
// 16 MiB: a value four times larger halves the page writes at full load but delays the commit that
// triggers it by 50 ms or more.
constexpr const char* kPragmas = "PRAGMA temp_store = MEMORY;"
                                 "PRAGMA cache_size = -65536;"
                                 "PRAGMA wal_autocheckpoint = 4000;"
                                 "PRAGMA journal_size_limit = 67108864;";

constexpr std::uint64_t kLongLog = 80u << 20; // above journal_size_limit
constexpr std::chrono::milliseconds kMostWait{250};
constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{60'000};

} // namespace

struct EventStore::Impl {
    Impl(std::string opened_path, WriterLock held, Connection opened, LogEnd found,
         std::int64_t kept_cases)
        : path(std::move(opened_path)), lock(std::move(held)), connection(std::move(opened)),
          names(connection), transactions(connection, names), cases(connection, kept_cases),
          opportunities(connection), parities(connection), exposures(connection),
          subjects(connection), building(connection),
          insert_event(connection.prepare("INSERT INTO events VALUES (?1,?2,?3,?4,?5,?6,?7,?8)")),
          upsert_block(
              connection.prepare("INSERT INTO blocks VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) "
                                 "ON CONFLICT DO UPDATE SET canonical = excluded.canonical")),
          begin(connection.prepare("BEGIN IMMEDIATE")), commit(connection.prepare("COMMIT")),
          times(connection), trim(connection, times), end(std::move(found)), mark(path) {
        mark_end();
        mark_end(); // both slots, since one of them may be damaged
    }

    // Returns the event's link.
    ChainLink write_event(const Entry& entry, std::uint64_t seq_id, const ChainLink& before) {
        const auto& e = entry.envelope;
        const EventRow row{.seq_id = static_cast<std::int64_t>(seq_id),
                           .ts_unix_ms = e.ingest_ts_unix_ms.value,
                           .mono_ns = e.ingest_ts_mono_ns.value,
                           .chain_id = static_cast<std::int64_t>(e.chain_id.value),
                           .source = names.id_of(e.source_id),
                           .type = static_cast<std::int64_t>(bus::type_of(e.data)),
                           .payload = entry.payload};
        const auto checksum = checksum_of(before, row);
        insert_event.bind(1, row.seq_id)
            .bind(2, row.ts_unix_ms)
            .bind(3, row.mono_ns)
            .bind(4, row.chain_id)
            .bind(5, row.source)
            .bind(6, row.type)
            .bind(7, row.payload)
            .bind(8, std::span<const std::uint8_t>(checksum))
            .run();
        return link_of(checksum);
    }

    // The commit is durable even if the mark cannot be written: the error is reported, not
    // returned.
    void mark_end() {
        try {
            mark.write(end.mark);
            mark_trouble.clear();
        } catch (const StoreFailure& failure) {
            mark_trouble = failure.detail;
        }
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

    // Sorts entries by the key of the transactions' B-tree; entries of one transaction keep their
    // order.
    struct Place {
        const bus::Envelope* envelope;
        bus::Hash hash;
        std::size_t position;

        friend bool operator<(const Place& a, const Place& b) {
            return std::tie(a.hash, a.envelope->chain_id, a.position) <
                   std::tie(b.hash, b.envelope->chain_id, b.position);
        }
        bool same_transaction(const Place& other) const {
            return hash == other.hash && envelope->chain_id == other.envelope->chain_id;
        }
    };

    // Each row is written once, however many entries refer to it. An entry with a first sight is
    // probably a new row: trying the insert first saves a second search of the B-tree.
    void write_transaction(std::span<const Place> events) {
        const auto& first = events.front();
        const auto fold_into = [&](bus::TransactionRecord& record) {
            for (const auto& event : events) bus::apply(record, *event.envelope);
        };
        const bool probably_new = std::ranges::any_of(events, [](const Place& place) {
            return std::holds_alternative<bus::TxSeen>(place.envelope->data);
        });
        if (probably_new) {
            auto record = bus::new_record(first.hash, first.envelope->chain_id);
            fold_into(record);
            if (transactions.try_insert(record)) return;
        }
        auto known = transactions.load(first.hash, first.envelope->chain_id);
        const bool exists = known.has_value();
        auto record =
            exists ? std::move(*known) : bus::new_record(first.hash, first.envelope->chain_id);
        fold_into(record);
        if (exists)
            transactions.update(record);
        else
            transactions.try_insert(record);
    }

    void write_transactions(std::span<const Entry> entries) {
        places.clear();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto& envelope = entries[i].envelope;
            if (!bus::changes_record(bus::type_of(envelope.data))) continue;
            if (const auto hash = bus::hash_of(envelope.data))
                places.push_back({&envelope, *hash, i});
        }
        std::sort(places.begin(), places.end());
        for (auto begin_of = places.begin(); begin_of != places.end();) {
            const auto end_of = std::find_if(begin_of, places.end(), [&](const Place& place) {
                return !place.same_transaction(*begin_of);
            });
            write_transaction({begin_of, end_of});
            begin_of = end_of;
        }
    }

    void write_all(std::span<Entry> entries) {
        auto next = end.mark.seq_id;
        auto link = end.mark.link;
        opportunities.begin();
        parities.begin();
        building.begin();
        for (auto& entry : entries) {
            auto& envelope = entry.envelope;
            if (bus::is_numbered(bus::type_of(envelope.data))) {
                envelope.seq_id = ++next;
                // Some encoders omit zero fields, which leaves no space for the number.
                if (!bus::number_envelope(entry.payload, next))
                    entry.payload = bus::encode(envelope);
                link = write_event(entry, next, link);
            } else if (const auto* block = std::get_if<bus::BlockRecord>(&envelope.data)) {
                write_block(envelope.chain_id, *block);
            } else if (const auto* sim_case = std::get_if<bus::SimCase>(&envelope.data)) {
                cases.write(envelope.chain_id, envelope.ingest_ts_unix_ms, *sim_case);
            }
            opportunities.note(envelope);
            parities.note(envelope);
            exposures.note(envelope);
            subjects.note(envelope);
            building.note(envelope);
        }
        cases.trim();
        opportunities.write();
        parities.write();
        building.write();
        write_transactions(entries);
        commit.run();
        if (next == end.mark.seq_id) return;
        end.mark.seq_id = next;
        end.mark.link = link;
        mark_end();
    }

    std::string path;
    WriterLock lock;
    Connection connection;
    SourceNames names;
    TransactionTable transactions;
    CaseTable cases;
    OpportunityTable opportunities;
    ParityTable parities;
    ExposureTable exposures;
    SubjectTable subjects;
    BuilderTable building;
    Statement insert_event;
    Statement upsert_block;
    Statement begin;
    Statement commit;
    TimeTable times;
    Trim trim;
    LogEnd end;
    EndMark mark;
    std::string mark_trouble;
    std::vector<Place> places; // reused to avoid allocations
    struct {
        std::chrono::milliseconds pause{kFirstPause};
        std::chrono::steady_clock::time_point next;
    } restart; // of the write-ahead log
};

EventStore::EventStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventStore::~EventStore() {
    if (impl_) impl_->mark.sync();
}

Result<std::unique_ptr<EventStore>, StoreFailure> EventStore::open(const std::string& path,
                                                                   const StoreOptions& options) {
    try {
        WriterLock lock(path);
        Connection connection(path, Access::read_write_create, std::chrono::seconds(2));
        check_identity(connection);
        if (connection.text("PRAGMA journal_mode = WAL") != "wal")
            throw StoreFailure{StoreError::io,
                               "its file system does not support a write-ahead log"};
        connection.execute(kPragmas);
        connection.execute(options.synchronous == Synchronous::full
                               ? "PRAGMA synchronous = FULL"
                               : "PRAGMA synchronous = NORMAL");
        if (options.max_pages > 0)
            connection.execute("PRAGMA max_page_count = " + std::to_string(options.max_pages));
        const bool changes = connection.integer("PRAGMA user_version") != kStoreVersion;
        migrate(connection);
        seal_earlier_events(
            connection, options.on_sealed ? options.on_sealed : [](auto) {});
        auto end = find_end(connection, path);
        // The identity of the record must be in the database file itself, since the write-ahead log
        // may be truncated.
        if (changes) connection.text("PRAGMA wal_checkpoint(TRUNCATE)");
        return std::unique_ptr<EventStore>(new EventStore(std::make_unique<Impl>(
            path, std::move(lock), std::move(connection), std::move(end), options.sim_cases)));
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
    return impl_->end.mark.seq_id;
}

const OpeningReport& EventStore::opening() const {
    return impl_->end.report;
}

const std::string& EventStore::mark_trouble() const {
    return impl_->mark_trouble;
}

Result<StoreExtent, StoreFailure> EventStore::extent() try {
    auto extent = impl_->trim.extent();
    extent.latest_seq_id = impl_->end.mark.seq_id;
    return extent;
} catch (const StoreFailure& failure) {
    return Failure{failure};
}

Result<TrimCounts, StoreFailure> EventStore::trim(const TrimRequest& request) {
    try {
        if (!impl_->trim.has_work(request)) return TrimCounts{};
        impl_->begin.run();
        const auto counts = impl_->trim.run(request, impl_->end.mark.seq_id);
        impl_->commit.run();
        return counts;
    } catch (const StoreFailure& failure) {
        impl_->connection.rollback_if_open();
        return Failure{failure};
    }
}

bool EventStore::names_its_file() const {
    return impl_->lock.names_its_file();
}

void EventStore::restart_long_log() {
    auto& restart = impl_->restart;
    if (log_ahead().bytes() < kLongLog) {
        restart.pause = kFirstPause;
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now < restart.next) return;
    if (!impl_->connection.restart_log(kMostWait))
        restart.pause = std::min(2 * restart.pause, kLongestPause);
    restart.next = now + restart.pause;
}

LogAhead EventStore::log_ahead() const {
    return LogAhead(impl_->path);
}

Result<std::optional<LogTime>, StoreFailure> EventStore::newest_time() try {
    return impl_->times.newest();
} catch (const StoreFailure& failure) {
    return Failure{failure};
}

Result<std::optional<eth::UnixMs>, StoreFailure> EventStore::written_by(std::uint64_t seq_id) try {
    return impl_->times.written_by(seq_id);
} catch (const StoreFailure& failure) {
    return Failure{failure};
}

std::optional<StoreFailure> EventStore::note_time(const LogTime& time) {
    try {
        impl_->begin.run();
        impl_->times.note(impl_->end.mark.seq_id, time);
        impl_->commit.run();
        return std::nullopt;
    } catch (const StoreFailure& failure) {
        impl_->connection.rollback_if_open();
        return failure;
    }
}

} // namespace viz::storage
