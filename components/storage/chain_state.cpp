#include "components/storage/chain_state.hpp"

#include <algorithm>
#include <random>

namespace viz::storage {

namespace {

constexpr std::uint64_t kSealedAtOnce = 5'000;

template <std::size_t N> std::array<std::uint8_t, N> bytes_of(const Statement& row, int column) {
    std::array<std::uint8_t, N> out{};
    const auto bytes = row.blob(column);
    if (bytes.size() == N) std::ranges::copy(bytes, out.begin());
    return out;
}

class Digest {
  public:
    Digest& number(std::uint64_t value) {
        for (int i = 0; i < 8; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        return *this;
    }
    Digest& bytes(std::span<const std::uint8_t> more) {
        bytes_.insert(bytes_.end(), more.begin(), more.end());
        return *this;
    }
    std::uint64_t value() const { return digest_of(bytes_); }

  private:
    std::vector<std::uint8_t> bytes_;
};

std::uint64_t digest(const LogStart& start) {
    return Digest()
        .bytes(start.record_id)
        .number(start.before_seq_id)
        .bytes(start.before_link)
        .value();
}
std::uint64_t digest(const LostEvents& lost) {
    return Digest()
        .number(lost.first_seq_id)
        .number(lost.last_seq_id)
        .number(static_cast<std::uint64_t>(lost.found_unix_ms))
        .bytes(lost.link)
        .value();
}

RecordId random_id() {
    std::random_device random;
    RecordId id{};
    for (auto& byte : id) byte = static_cast<std::uint8_t>(random());
    return id;
}

ChainLink last_link_before(Connection& connection, std::uint64_t seq_id) {
    auto row = connection.prepare("SELECT checksum FROM events WHERE seq_id < ?1 "
                                  "ORDER BY seq_id DESC LIMIT 1");
    row.bind_u64(1, seq_id);
    return row.step() && row.blob(0).size() == 16 ? link_of(row.blob(0).first<16>()) : ChainLink{};
}

// Returns the newest number sealed; empty when all events are sealed.
std::optional<std::uint64_t> seal_some(Connection& connection, std::uint64_t after) {
    auto rows =
        connection.prepare("SELECT seq_id, ts_unix_ms, mono_ns, chain_id, source, type, "
                           "payload FROM events WHERE seq_id > ?1 ORDER BY seq_id LIMIT ?2");
    auto seal = connection.prepare("UPDATE events SET checksum = ?2 WHERE seq_id = ?1");
    auto link = last_link_before(connection, after + 1);
    std::vector<std::pair<std::int64_t, EventChecksum>> made;
    rows.bind_u64(1, after).bind_u64(2, kSealedAtOnce);
    while (rows.step()) {
        const auto& [seq_id, checksum] =
            made.emplace_back(rows.integer(0), checksum_of(link, {.seq_id = rows.integer(0),
                                                                  .ts_unix_ms = rows.integer(1),
                                                                  .mono_ns = rows.integer(2),
                                                                  .chain_id = rows.integer(3),
                                                                  .source = rows.integer(4),
                                                                  .type = rows.integer(5),
                                                                  .payload = rows.blob(6)}));
        link = link_of(checksum);
    }
    rows.reset();
    if (made.empty()) return std::nullopt;
    connection.execute("BEGIN IMMEDIATE");
    for (const auto& [seq_id, checksum] : made)
        seal.bind(1, seq_id).bind(2, std::span<const std::uint8_t>(checksum)).run();
    connection.execute("COMMIT");
    return static_cast<std::uint64_t>(made.back().first);
}

} // namespace

std::optional<LogStart> read_log_start(Connection& connection) {
    auto row = connection.prepare("SELECT record_id, before_seq_id, before_link, digest "
                                  "FROM log_start");
    if (!row.step()) return std::nullopt;
    const LogStart start{.record_id = bytes_of<16>(row, 0),
                         .before_seq_id = row.u64(1),
                         .before_link = bytes_of<8>(row, 2)};
    return row.u64(3) == digest(start) ? std::optional(start) : std::nullopt;
}

void write_log_start(Connection& connection, const LogStart& start) {
    connection.prepare("INSERT OR REPLACE INTO log_start VALUES (0,?1,?2,?3,?4)")
        .bind(1, std::span<const std::uint8_t>(start.record_id))
        .bind_u64(2, start.before_seq_id)
        .bind(3, std::span<const std::uint8_t>(start.before_link))
        .bind_u64(4, digest(start))
        .run();
}

bool LostList::holds(std::uint64_t seq_id) const {
    return std::ranges::any_of(stretches, [&](const LostEvents& lost) {
        return lost.first_seq_id <= seq_id && seq_id <= lost.last_seq_id;
    });
}

LostList read_lost(Connection& connection) {
    LostList list;
    auto rows = connection.prepare("SELECT first_seq_id, last_seq_id, found_unix_ms, link, digest "
                                   "FROM lost_events ORDER BY first_seq_id");
    while (rows.step()) {
        const LostEvents lost{.first_seq_id = rows.u64(0),
                              .last_seq_id = rows.u64(1),
                              .found_unix_ms = rows.integer(2),
                              .link = bytes_of<8>(rows, 3)};
        if (rows.u64(4) == digest(lost))
            list.stretches.push_back(lost);
        else
            ++list.damaged;
    }
    return list;
}

void add_lost(Connection& connection, const LostEvents& lost) {
    connection.prepare("INSERT INTO lost_events VALUES (?1,?2,?3,?4,?5)")
        .bind_u64(1, lost.first_seq_id)
        .bind_u64(2, lost.last_seq_id)
        .bind(3, lost.found_unix_ms)
        .bind(4, std::span<const std::uint8_t>(lost.link))
        .bind_u64(5, digest(lost))
        .run();
}

void seal_earlier_events(Connection& connection,
                         const std::function<void(std::uint64_t)>& progress) {
    // This row states that all events are sealed, so it is written last.
    if (connection.integer("SELECT count(*) FROM log_start") > 0) return;
    auto from = static_cast<std::uint64_t>(
        connection.integer("SELECT coalesce(min(seq_id), 1) - 1 FROM events"));
    const auto first = from;
    // Sealed events precede all others.
    auto unsealed = connection.prepare("SELECT seq_id - 1 FROM events WHERE checksum IS NULL "
                                       "ORDER BY seq_id LIMIT 1");
    if (unsealed.step()) {
        from = unsealed.u64(0);
        unsealed.reset();
        while (const auto sealed = seal_some(connection, from)) progress(from = *sealed);
    }
    connection.execute("BEGIN IMMEDIATE");
    write_log_start(connection,
                    {.record_id = random_id(), .before_seq_id = first, .before_link = {}});
    connection.execute("COMMIT");
}

} // namespace viz::storage
