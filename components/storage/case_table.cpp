#include "components/storage/case_table.hpp"

#include <algorithm>

namespace viz::storage {

// The body is the last column, so that the columns before it are on the row's first page.
const std::string_view kCaseTables = R"sql(
CREATE TABLE sim_cases (
  case_id      INTEGER PRIMARY KEY,
  sim_id       BLOB NOT NULL UNIQUE,
  candidate_id BLOB,
  hash         BLOB,
  chain_id     INTEGER NOT NULL,
  unix_ms      INTEGER NOT NULL,
  body         BLOB NOT NULL
) STRICT;

-- `last_case`: the newest case that was sent with this code. Later cases may need it too.
CREATE TABLE case_codes (
  code_hash BLOB PRIMARY KEY,
  last_case INTEGER NOT NULL,
  code      BLOB NOT NULL
) STRICT;
CREATE INDEX case_codes_by_case ON case_codes(last_case);
)sql";

namespace {

void bind(Statement& to, int index, const std::optional<bus::Hash>& hash) {
    if (hash)
        to.bind(index, hash->view());
    else
        to.bind_null(index);
}

bus::Hash hash_at(const Statement& row, int column) {
    bus::Hash hash;
    const auto bytes = row.blob(column);
    std::ranges::copy(bytes.first(std::min(bytes.size(), hash.bytes.size())), hash.bytes.begin());
    return hash;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Newest first; the condition that reads the body comes last.
constexpr const char* kFind =
    "SELECT case_id, sim_id, candidate_id, chain_id, unix_ms, body FROM sim_cases "
    "WHERE sim_id = ?1 OR candidate_id = ?1 OR hash = ?1 OR instr(body, ?2) > 0 "
    "ORDER BY case_id DESC LIMIT 1";

constexpr const char* kHasCases =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'sim_cases'";

} // namespace

CaseTable::CaseTable(Connection& connection, std::int64_t keep)
    : keep_(keep), newest_(connection.prepare("SELECT coalesce(max(case_id), 0) FROM sim_cases")),
      insert_(connection.prepare("INSERT OR REPLACE INTO sim_cases VALUES (?1,?2,?3,?4,?5,?6,?7)")),
      insert_code_(connection.prepare("INSERT INTO case_codes VALUES (?1,?2,?3) "
                                      "ON CONFLICT DO UPDATE SET last_case = excluded.last_case")),
      delete_cases_(connection.prepare(
          "DELETE FROM sim_cases WHERE case_id IN (SELECT case_id FROM sim_cases "
          "WHERE case_id <= ?1 ORDER BY case_id LIMIT ?2)")),
      delete_codes_(connection.prepare(
          "DELETE FROM case_codes WHERE code_hash IN (SELECT code_hash FROM case_codes "
          "WHERE last_case <= ?1 ORDER BY last_case LIMIT ?2)")) {}

std::int64_t CaseTable::newest() {
    const ResetOnExit reset(newest_);
    return newest_.step() ? newest_.integer(0) : 0;
}

void CaseTable::write(bus::ChainId chain_id, bus::UnixMs at, const bus::SimCase& of) {
    if (keep_ == 0) return;
    const auto number = newest() + 1;
    insert_.bind(1, number).bind(2, of.sim_id.view());
    bind(insert_, 3, of.candidate_id);
    bind(insert_, 4, of.hash);
    insert_.bind_u64(5, chain_id.value)
        .bind(6, at.value)
        .bind(7, std::span<const std::uint8_t>(of.body))
        .run();
    for (const auto& code : of.codes)
        insert_code_.bind(1, code.code_hash.view())
            .bind(2, number)
            .bind(3, std::span<const std::uint8_t>(code.code))
            .run();
    ++written_;
}

// The newest case remains even if `keep` is 0, so that numbering continues.
void CaseTable::trim() {
    const auto last = newest();
    const auto most = std::exchange(written_, 0) + kDeletedAtOnce;
    delete_cases_.bind(1, last - std::max<std::int64_t>(keep_, 1)).bind(2, most).run();
    delete_codes_.bind(1, last - keep_ - kCodesOutlive).bind(2, most).run();
}

template <class F>
auto StoredCases::ask(F question) -> Answer<decltype(question(std::declval<Connection&>()))> try {
    if (!connection_) connection_.emplace(path_, Access::read_only, std::chrono::seconds(2));
    return question(*connection_);
} catch (const StoreFailure& failure) {
    return Failure{failure};
}

StoredCases::Answer<std::optional<StoredCase>> StoredCases::find(const bus::Hash& id,
                                                                 std::string_view text) {
    return ask([&](Connection& connection) -> std::optional<StoredCase> {
        if (connection.integer(kHasCases) == 0)
            return std::nullopt; // a store of an earlier version
        auto row = connection.prepare(kFind);
        row.bind(1, id.view()).bind(2, bytes_of(text));
        if (!row.step()) return std::nullopt;
        StoredCase found{.case_id = row.integer(0),
                         .sim_id = hash_at(row, 1),
                         .candidate_id = {},
                         .chain_id = bus::ChainId{row.u64(3)},
                         .at = bus::UnixMs{row.integer(4)},
                         .body = {}};
        if (!row.is_null(2)) found.candidate_id = hash_at(row, 2);
        const auto body = row.blob(5);
        found.body.assign(body.begin(), body.end());
        return found;
    });
}

StoredCases::Answer<std::optional<bus::Bytes>> StoredCases::code(const bus::Hash& code_hash) {
    return ask([&](Connection& connection) -> std::optional<bus::Bytes> {
        auto row = connection.prepare("SELECT code FROM case_codes WHERE code_hash = ?1");
        row.bind(1, code_hash.view());
        if (!row.step()) return std::nullopt;
        const auto code = row.blob(0);
        return bus::Bytes(code.begin(), code.end());
    });
}

} // namespace viz::storage
