#include "components/storage/checkpoint_file.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <unordered_map>

#include "components/eth/keccak.hpp"
#include "components/storage/checkpoint_codec.hpp"
#include "components/storage/sqlite.hpp"

namespace viz::storage {

namespace {

constexpr std::int64_t kFileId = 0x56495A43; // "VIZC"
constexpr std::int64_t kFileVersion = 1;

// `state` is the last column: queries of counts alone do not read its pages.
constexpr const char* kSchema = R"sql(
CREATE TABLE checkpoints (
  seq_id        INTEGER PRIMARY KEY,
  ts_unix_ms    INTEGER NOT NULL,
  pending_count INTEGER NOT NULL,
  set_hash      BLOB NOT NULL,
  tip           BLOB NOT NULL,
  base          INTEGER NOT NULL,
  state_bytes   INTEGER NOT NULL,
  digest        BLOB NOT NULL,
  points        BLOB NOT NULL,
  state         BLOB NOT NULL
) STRICT;
)sql";

constexpr const char* kRowColumns =
    "SELECT seq_id, ts_unix_ms, pending_count, set_hash, tip, points FROM checkpoints ";

struct StoredHash {
    static bus::Hash of(std::span<const std::uint8_t> bytes) {
        bus::Hash hash;
        if (bytes.size() == 32) std::ranges::copy(bytes, hash.bytes.begin());
        return hash;
    }
};

CheckpointRow read_row(const Statement& row) {
    auto points = decode_points(row.blob(5));
    return {.seq_id = row.u64(0),
            .timestamp = bus::UnixMs{row.integer(1)},
            .pending_count = row.u64(2),
            .set_hash = StoredHash::of(row.blob(3)),
            .tip = StoredHash::of(row.blob(4)),
            .points = points ? std::move(*points) : std::vector<bus::PendingPoint>{}};
}

void remove_database(const std::string& path) {
    for (const auto* suffix : {"", "-wal", "-shm"}) {
        std::error_code ignored; // a remaining file is detected as unusable again
        std::filesystem::remove(path + suffix, ignored);
    }
}

// Applies the changes of later rows, in order, to the whole set `base`.
std::vector<bus::PendingSet::Member> lay_over(std::vector<bus::PendingSet::Member> base,
                                              const std::vector<CheckpointBody>& later) {
    using Key = bus::PendingSet::Key;
    std::vector<std::pair<Key, std::optional<bool>>> net;
    for (const auto& body : later) {
        for (const auto& member : body.put) net.emplace_back(member.key, member.awaits_body);
        for (const auto& key : body.removed) net.emplace_back(key, std::nullopt);
    }
    std::ranges::stable_sort(net, {}, &std::pair<Key, std::optional<bool>>::first);
    std::vector<bus::PendingSet::Member> out;
    out.reserve(base.size() + net.size());
    auto old = base.begin();
    for (auto change = net.begin(); change != net.end();) {
        for (; old != base.end() && old->key < change->first; ++old) out.push_back(*old);
        auto last = change;
        while (change != net.end() && change->first == last->first) last = change++;
        if (old != base.end() && old->key == last->first) ++old;
        if (last->second) out.push_back({last->first, *last->second});
    }
    out.insert(out.end(), old, base.end());
    return out;
}

} // namespace

struct CheckpointFile::Impl {
    explicit Impl(Connection opened)
        : connection(std::move(opened)),
          newest_row(connection.prepare(std::string(kRowColumns) + "ORDER BY seq_id DESC LIMIT 1")),
          rows_after(connection.prepare(std::string(kRowColumns) +
                                        "WHERE seq_id > ?1 ORDER BY seq_id LIMIT ?2")),
          base_of(connection.prepare("SELECT seq_id, base FROM checkpoints WHERE seq_id <= ?1 "
                                     "ORDER BY seq_id DESC LIMIT 1")),
          states(connection.prepare("SELECT seq_id, digest, points, state FROM checkpoints "
                                    "WHERE seq_id >= ?1 AND seq_id <= ?2 ORDER BY seq_id")) {}

    struct Chain {
        std::uint64_t seq_id{};
        std::uint64_t base{};
    };
    std::optional<Chain> chain_at(std::uint64_t seq_id) {
        const ResetOnExit reset(base_of);
        base_of.bind_u64(1, seq_id);
        if (!base_of.step()) return std::nullopt;
        return Chain{base_of.u64(0), base_of.u64(1)};
    }

    // Empty if a row of the chain is invalid.
    std::optional<CheckpointState> state_of(const Chain& chain) {
        const ResetOnExit reset(states);
        states.bind_u64(1, chain.base).bind_u64(2, chain.seq_id);
        std::vector<CheckpointBody> bodies;
        std::uint64_t last = 0;
        while (states.step()) {
            last = states.u64(0);
            if (StoredHash::of(states.blob(1)) != eth::keccak256(states.blob(3)))
                return std::nullopt;
            auto body = decode_body(states.blob(3));
            if (!body) return std::nullopt;
            if (bodies.empty() && last != chain.base) return std::nullopt;
            bodies.push_back(std::move(*body));
        }
        if (last != chain.seq_id || bodies.empty()) return std::nullopt;
        CheckpointState out{.seq_id = chain.seq_id, .members = {}, .gone = {}};
        out.gone = std::move(bodies.back().gone);
        auto whole = std::move(bodies.front().put);
        bodies.erase(bodies.begin());
        out.members = bodies.empty() ? std::move(whole) : lay_over(std::move(whole), bodies);
        return out;
    }

    // The row of the last whole checkpoint, its size, and the size of the changes since.
    struct Growth {
        std::uint64_t base{};
        std::int64_t whole_bytes{};
        std::int64_t changes_bytes{};
    };
    std::optional<Growth> growth() {
        const auto last = chain_at(UINT64_MAX >> 1);
        if (!last) return std::nullopt;
        auto sum = connection.prepare(
            "SELECT coalesce(sum(iif(seq_id = ?1, state_bytes, 0)), 0), "
            "coalesce(sum(iif(seq_id = ?1, 0, state_bytes)), 0) FROM checkpoints "
            "WHERE seq_id >= ?1");
        sum.bind_u64(1, last->base).step();
        return Growth{last->base, sum.integer(0), sum.integer(1)};
    }

    void insert(const NewCheckpoint& checkpoint, const bus::PendingSet& whole) {
        const auto& row = checkpoint.row;
        auto body = encode_body({.put = checkpoint.changes.put,
                                 .removed = checkpoint.changes.removed,
                                 .gone = checkpoint.gone});
        const auto grown = growth();
        const auto size = static_cast<std::int64_t>(body.size());
        const bool is_whole = !grown || grown->changes_bytes + size > grown->whole_bytes;
        if (is_whole)
            body = encode_body({.put = whole.members(), .removed = {}, .gone = checkpoint.gone});
        const auto digest = eth::keccak256(body);
        const auto points = encode_points(row.points);
        auto statement =
            connection.prepare("INSERT INTO checkpoints VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
        statement.bind_u64(1, row.seq_id)
            .bind(2, row.timestamp.value)
            .bind_u64(3, row.pending_count)
            .bind(4, row.set_hash.view())
            .bind(5, row.tip.view())
            .bind_u64(6, is_whole ? row.seq_id : grown->base)
            .bind(7, static_cast<std::int64_t>(body.size()))
            .bind(8, digest.view())
            .bind(9, std::span<const std::uint8_t>(points))
            .bind(10, std::span<const std::uint8_t>(body))
            .run();
    }

    Connection connection;
    Statement newest_row;
    Statement rows_after;
    Statement base_of;
    Statement states;
};

CheckpointFile::CheckpointFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CheckpointFile::~CheckpointFile() = default;

namespace {

constexpr std::chrono::seconds kBusy{2};

bool is_ours(Connection& connection) {
    return connection.integer("PRAGMA application_id") == kFileId &&
           connection.integer("PRAGMA user_version") == kFileVersion;
}

Connection open_to_write(const std::string& path) {
    Connection connection(path, Access::read_write_create, kBusy);
    if (connection.integer("SELECT count(*) FROM sqlite_master") > 0 && !is_ours(connection))
        throw StoreFailure{StoreError::not_a_store, "checkpoints of another version"};
    connection.text("PRAGMA journal_mode = WAL");
    connection.execute("PRAGMA synchronous = NORMAL");
    if (!is_ours(connection)) {
        connection.execute("BEGIN IMMEDIATE");
        connection.execute(kSchema);
        connection.execute("PRAGMA application_id = " + std::to_string(kFileId));
        connection.execute("PRAGMA user_version = " + std::to_string(kFileVersion));
        connection.execute("COMMIT");
    }
    return connection;
}

Connection open_to_read(const std::string& path) {
    Connection connection(path, Access::read_only, kBusy);
    if (!is_ours(connection))
        throw StoreFailure{StoreError::not_a_store, "checkpoints of another version"};
    return connection;
}

template <class F> auto answer_of(F ask) -> Result<decltype(ask()), StoreFailure> {
    try {
        return ask();
    } catch (const StoreFailure& failure) {
        return Failure{failure};
    }
}

template <class F> std::optional<StoreFailure> failure_of(F change) {
    try {
        change();
        return std::nullopt;
    } catch (const StoreFailure& failure) {
        return failure;
    }
}

} // namespace

CheckpointFile::Answer<std::unique_ptr<CheckpointFile>>
CheckpointFile::open(const std::string& path, Mode mode) {
    const auto make = [&](Connection connection) {
        return std::unique_ptr<CheckpointFile>(
            new CheckpointFile(std::make_unique<Impl>(std::move(connection))));
    };
    if (mode == Mode::read) return answer_of([&] { return make(open_to_read(path)); });
    auto opened = answer_of([&] { return make(open_to_write(path)); });
    if (opened) return opened;
    const auto reason = opened.error().reason;
    if (reason != StoreError::not_a_store && reason != StoreError::corrupt) return opened;
    remove_database(path);
    return answer_of([&] { return make(open_to_write(path)); });
}

CheckpointFile::Answer<std::optional<CheckpointRow>> CheckpointFile::newest() {
    const std::scoped_lock lock(mutex_);
    return answer_of([&] {
        const ResetOnExit reset(impl_->newest_row);
        return impl_->newest_row.step() ? std::optional(read_row(impl_->newest_row)) : std::nullopt;
    });
}

CheckpointFile::Answer<std::optional<CheckpointState>>
CheckpointFile::load(std::uint64_t seq_id, std::vector<std::string>& skipped) {
    const std::scoped_lock lock(mutex_);
    return answer_of([&]() -> std::optional<CheckpointState> {
        while (const auto chain = impl_->chain_at(seq_id)) {
            if (auto state = impl_->state_of(*chain)) return state;
            skipped.push_back("checkpoint " + std::to_string(chain->seq_id) + " does not verify");
            if (chain->seq_id == 0) break;
            seq_id = chain->seq_id - 1;
        }
        return std::nullopt;
    });
}

CheckpointFile::Answer<std::vector<bus::PendingPoint>> CheckpointFile::points(std::uint64_t from,
                                                                              std::uint64_t to) {
    const std::scoped_lock lock(mutex_);
    return answer_of([&] {
        std::vector<bus::PendingPoint> out;
        auto rows = impl_->connection.prepare(
            "SELECT points FROM checkpoints WHERE seq_id >= ?1 AND seq_id < ?2 ORDER BY seq_id");
        rows.bind_u64(1, from).bind_u64(2, to + kCheckpointEvery);
        while (rows.step()) {
            const auto points = decode_points(rows.blob(0));
            if (!points) continue;
            for (const auto& point : *points)
                if (point.seq_hi >= from && point.seq_hi <= to) out.push_back(point);
        }
        return out;
    });
}

CheckpointFile::Answer<std::vector<CheckpointRow>> CheckpointFile::rows(std::uint64_t after,
                                                                        std::size_t limit) {
    const std::scoped_lock lock(mutex_);
    return answer_of([&] {
        std::vector<CheckpointRow> out;
        auto& rows = impl_->rows_after;
        const ResetOnExit reset(rows);
        rows.bind_u64(1, after).bind(2, static_cast<std::int64_t>(limit));
        while (rows.step()) out.push_back(read_row(rows));
        return out;
    });
}

std::optional<StoreFailure> CheckpointFile::append(const NewCheckpoint& checkpoint,
                                                   const bus::PendingSet& whole) {
    const std::scoped_lock lock(mutex_);
    return failure_of([&] { impl_->insert(checkpoint, whole); });
}

std::optional<StoreFailure> CheckpointFile::truncate_after(std::uint64_t seq_id) {
    const std::scoped_lock lock(mutex_);
    return failure_of([&] {
        impl_->connection.prepare("DELETE FROM checkpoints WHERE seq_id > ?1")
            .bind_u64(1, seq_id)
            .run();
    });
}

// Keeps the newest whole checkpoint at or before the log's start, and all later rows.
std::optional<StoreFailure> CheckpointFile::prune(std::uint64_t oldest) {
    const std::scoped_lock lock(mutex_);
    return failure_of([&] {
        impl_->connection
            .prepare("DELETE FROM checkpoints WHERE seq_id < (SELECT base FROM checkpoints "
                     "WHERE seq_id < ?1 ORDER BY seq_id DESC LIMIT 1)")
            .bind_u64(1, oldest)
            .run();
    });
}

} // namespace viz::storage
