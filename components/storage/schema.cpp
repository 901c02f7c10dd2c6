#include "components/storage/schema.hpp"

#include <array>
#include <string>
#include <vector>

#include "bus/codec.hpp"
#include "components/storage/builder_table.hpp"
#include "components/storage/case_table.hpp"
#include "components/storage/subject_table.hpp"

namespace viz::storage {

namespace {

// Unsigned 64-bit values (chain ids, nonces, gas) are stored by bit pattern: values of 2^63 and
// above appear as negative numbers. Amounts in wei are decimal text, as in the HTTP contract.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE sources (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE event_types (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO event_types VALUES
  (1,'TxSeen'),(2,'TxFetched'),(3,'TxDecoded'),(4,'TxReady'),(5,'TxBlocked'),(6,'TxReplaced'),
  (7,'TxDropped'),(8,'TxConfirmedProvisional'),(9,'TxConfirmedFinal'),(10,'TxReorged'),
  (11,'CandidateQueued'),(12,'SimDispatched'),(13,'OppDetected'),(14,'SimCompleted'),
  (15,'AssemblyDecisionApplied'),(16,'BundleSubmitted');

-- The log. The number is the only index: a random index would cost most of the write rate.
CREATE TABLE events (
  seq_id     INTEGER PRIMARY KEY,
  ts_unix_ms INTEGER NOT NULL,
  mono_ns    INTEGER NOT NULL,
  chain_id   INTEGER NOT NULL,
  source     INTEGER NOT NULL REFERENCES sources(id),
  type       INTEGER NOT NULL REFERENCES event_types(id),
  payload    BLOB NOT NULL
) STRICT;

CREATE TABLE lifecycle_statuses (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO lifecycle_statuses VALUES
  (1,'pending'),(2,'ready'),(3,'blocked'),(4,'confirmed_provisional'),
  (10,'replaced'),(11,'dropped'),(12,'confirmed_final');

-- One row per transaction and chain: the fold of its events. `sources` is a JSON array of
-- [source id, first seen unix ms, 1 if found in the pool at connect], in order of first seen.
CREATE TABLE transactions (
  id                           INTEGER PRIMARY KEY,
  hash                         BLOB NOT NULL,
  chain_id                     INTEGER NOT NULL,
  first_seen_unix_ms           INTEGER NOT NULL,
  sources                      TEXT NOT NULL,
  status                       INTEGER NOT NULL REFERENCES lifecycle_statuses(id),
  status_reason                TEXT NOT NULL,
  status_unix_ms               INTEGER NOT NULL,
  superseded_by                BLOB,
  included_block               INTEGER,
  included_block_hash          BLOB,
  inclusion_delay_ms           INTEGER,
  sender                       BLOB,
  nonce                        INTEGER,
  tx_type                      INTEGER,
  "to"                         BLOB,
  value_wei                    TEXT,
  gas_limit                    INTEGER,
  max_fee_per_gas_wei          TEXT,
  max_priority_fee_per_gas_wei TEXT,
  max_fee_per_blob_gas_wei     TEXT,
  blob_count                   INTEGER,
  calldata_len                 INTEGER,
  raw_tx_len                   INTEGER,
  selector                     BLOB,
  decoded_first_seen_unix_ms   INTEGER,
  decoded_first_seen_mono_ns   INTEGER,
  protocol                     TEXT,
  category                     TEXT,
  mev_score                    INTEGER,
  urgency_score                INTEGER,
  method_selector              BLOB,
  feature_engine_version       TEXT,
  feature_reasons              TEXT
) STRICT;
CREATE UNIQUE INDEX transactions_by_hash ON transactions(hash, chain_id);

-- The rows that a restart reads: few, written in order of time.
CREATE INDEX transactions_open ON transactions(first_seen_unix_ms) WHERE status < 10;

CREATE TABLE blocks (
  chain_id     INTEGER NOT NULL,
  number       INTEGER NOT NULL,
  hash         BLOB NOT NULL,
  parent_hash  BLOB NOT NULL,
  timestamp_s  INTEGER NOT NULL,
  base_fee_wei TEXT NOT NULL,
  gas_used     INTEGER NOT NULL,
  gas_limit    INTEGER NOT NULL,
  tx_count     INTEGER NOT NULL,
  canonical    INTEGER NOT NULL,
  PRIMARY KEY (chain_id, number, hash)
) STRICT, WITHOUT ROWID;

CREATE VIEW transaction_sources AS
  SELECT t.hash, t.chain_id, s.name AS source_id,
         json_extract(j.value, '$[1]') AS first_seen_unix_ms,
         json_extract(j.value, '$[1]') - t.first_seen_unix_ms AS delay_ms,
         json_extract(j.value, '$[2]') AS backfilled
  FROM transactions t, json_each(t.sources) j
  JOIN sources s ON s.id = json_extract(j.value, '$[0]');

CREATE VIEW features AS
  SELECT hash, chain_id, protocol, category, mev_score, urgency_score, method_selector,
         feature_engine_version, feature_reasons
  FROM transactions WHERE protocol IS NOT NULL;

CREATE VIEW lifecycle AS
  SELECT t.hash, t.chain_id, t.sender, t.nonce, s.name AS status, t.status_reason,
         t.status_unix_ms, t.superseded_by, t.included_block, t.inclusion_delay_ms
  FROM transactions t JOIN lifecycle_statuses s ON s.id = t.status;
)sql";

// The actions of a transaction as a JSON array; NULL when nothing was recognised. And the findings
// of search and simulation: arrays of hashes as JSON text, token amounts and wei as decimal text;
// NULL means not yet known. Few random indexes, and none on a log.
constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE transactions ADD COLUMN actions TEXT;

DROP VIEW features;
CREATE VIEW features AS
  SELECT hash, chain_id, protocol, category, mev_score, urgency_score, method_selector,
         feature_engine_version, feature_reasons, actions
  FROM transactions WHERE protocol IS NOT NULL;

CREATE VIEW actions AS
  SELECT t.hash, t.chain_id, json_extract(a.value, '$.type') AS type, a.value AS action
  FROM transactions t, json_each(t.actions) a;

-- One row per candidate. `seq_id` is its detection event, `sim_*` its newest simulation.
CREATE TABLE opportunities (
  id                           INTEGER PRIMARY KEY,
  candidate_id                 BLOB NOT NULL UNIQUE,
  chain_id                     INTEGER NOT NULL,
  updated_unix_ms              INTEGER NOT NULL,
  status                       TEXT NOT NULL,
  seq_id                       INTEGER,
  tx_hash                      BLOB,
  member_tx_hashes             TEXT,
  strategy                     TEXT,
  strategy_version             TEXT,
  scorer_version               TEXT,
  feature_engine_version       TEXT,
  score                        INTEGER,
  protocol                     TEXT,
  category                     TEXT,
  reasons                      TEXT,
  base_token                   BLOB,
  capital                      TEXT,
  expected_profit              TEXT,
  expected_net_wei             TEXT,
  block_number                 INTEGER,
  block_hash                   BLOB,
  detected_unix_ms             INTEGER,
  sim_id                       BLOB,
  fail_category                TEXT,
  flags                        TEXT,
  profit                       TEXT,
  profit_wei                   TEXT,
  outcome                      TEXT,
  outcome_tx_hash              BLOB,
  outcome_by                   BLOB,
  outcome_slot_address         BLOB,
  outcome_slot_key             BLOB,
  outcome_coinbase_payment_wei TEXT,
  outcome_block_number         INTEGER,
  outcome_block_hash           BLOB,
  outcome_unix_ms              INTEGER
) STRICT;
CREATE INDEX opportunities_detected ON opportunities(seq_id) WHERE seq_id IS NOT NULL;
CREATE INDEX opportunities_updated ON opportunities(updated_unix_ms);

-- Simulated transactions that were mined, in order of arrival.
CREATE TABLE sim_parity (
  id           INTEGER PRIMARY KEY,
  hash         BLOB NOT NULL,
  chain_id     INTEGER NOT NULL,
  unix_ms      INTEGER NOT NULL,
  result       TEXT NOT NULL,
  differs      TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  block_hash   BLOB NOT NULL
) STRICT;
CREATE INDEX sim_parity_checked ON sim_parity(id) WHERE result <> 'unchecked';
CREATE INDEX sim_parity_misses ON sim_parity(id) WHERE result = 'mismatch';
CREATE TABLE sim_parity_totals (
  result TEXT PRIMARY KEY,
  count  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sim_parity_totals VALUES ('match',0),('mismatch',0),('unchecked',0);

-- The possible loss of a pending swap: the newest per transaction and chain.
CREATE TABLE exposures (
  id               INTEGER PRIMARY KEY,
  hash             BLOB NOT NULL,
  chain_id         INTEGER NOT NULL,
  updated_unix_ms  INTEGER NOT NULL,
  pool             BLOB NOT NULL,
  token_out        BLOB NOT NULL,
  amount_out       TEXT NOT NULL,
  least_out        TEXT NOT NULL,
  loss             TEXT NOT NULL,
  protecting_out   TEXT,
  attacker_net_wei TEXT NOT NULL,
  candidate_id     BLOB,
  block_number     INTEGER NOT NULL,
  block_hash       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX exposures_by_hash ON exposures(hash, chain_id);
CREATE INDEX exposures_updated ON exposures(updated_unix_ms);
)sql";

// Maps events to the simulation, candidate or bundle that they concern, by the first eight bytes of
// its id; and counts that remain when events are deleted.
constexpr std::string_view kVersion3 = R"sql(
CREATE TABLE event_subjects (
  type    INTEGER NOT NULL REFERENCES event_types(id),
  seq_id  INTEGER NOT NULL,
  subject BLOB NOT NULL,
  PRIMARY KEY (type, seq_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_subjects_by_subject ON event_subjects(subject);

-- `what` is a decision of the builder, with its reason, or 'submitted', with the final state.
CREATE TABLE building_totals (
  chain_id INTEGER NOT NULL,
  what     TEXT NOT NULL,
  reason   TEXT NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (chain_id, what, reason)
) STRICT, WITHOUT ROWID;

-- Rows of earlier versions have default values in these columns.
ALTER TABLE exposures ADD COLUMN pays_more INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exposures ADD COLUMN token_in BLOB;
ALTER TABLE exposures ADD COLUMN amount_in TEXT;
ALTER TABLE exposures ADD COLUMN most_in TEXT;
ALTER TABLE exposures ADD COLUMN protecting_in TEXT;
ALTER TABLE opportunities ADD COLUMN outcome_reason TEXT;
)sql";

// A checksum of each event (event_chain.hpp), filled for earlier events by chain_state. The log's
// identity and the event before the first kept one; and the ranges of published, lost events.
// `digest` covers the columns before it.
constexpr std::string_view kVersion4 = R"sql(
ALTER TABLE events ADD COLUMN checksum BLOB;
CREATE TABLE log_start (
  id            INTEGER PRIMARY KEY CHECK (id = 0),
  record_id     BLOB NOT NULL,
  before_seq_id INTEGER NOT NULL,
  before_link   BLOB NOT NULL,
  digest        INTEGER NOT NULL
) STRICT;
CREATE TABLE lost_events (
  first_seq_id INTEGER PRIMARY KEY,
  last_seq_id  INTEGER NOT NULL,
  found_unix_ms INTEGER NOT NULL,
  link         BLOB NOT NULL,
  digest       INTEGER NOT NULL
) STRICT;
)sql";

// Fills the tables of version 3 from the existing log, in one pass.
void tell_of_earlier_events(Connection& connection) {
    SubjectTable subjects(connection);
    BuilderTable building(connection);
    auto events = connection.prepare("SELECT payload FROM events WHERE type IN (12,14,15,16)");
    while (events.step()) {
        // Events that do not decode are reported when they are read.
        const auto event = bus::decode<bus::Envelope>(events.blob(0));
        if (!event) continue;
        subjects.note(*event);
        building.note(*event);
    }
    building.write();
}

struct Step {
    std::vector<std::string_view> sql;
    void (*fill)(Connection&) = nullptr;
};
// Step n migrates version n to n + 1.
std::array<Step, kStoreVersion> steps() {
    return {{{{kVersion1}},
             {{kVersion2, kCaseTables}},
             {{kVersion3}, tell_of_earlier_events},
             {{kVersion4}}}};
}

} // namespace

void check_identity(Connection& connection) {
    const auto id = connection.integer("PRAGMA application_id");
    const auto version = connection.integer("PRAGMA user_version");
    const auto tables = connection.integer("SELECT count(*) FROM sqlite_master");
    if (id == 0 && version == 0 && tables == 0) return;
    if (id != kApplicationId)
        throw StoreFailure{StoreError::not_a_store, "an SQLite file of another application"};
    if (version > kStoreVersion)
        throw StoreFailure{StoreError::newer_schema, "schema version " + std::to_string(version) +
                                                         ", this program knows " +
                                                         std::to_string(kStoreVersion)};
}

void migrate(Connection& connection) {
    const auto known = steps();
    auto version = connection.integer("PRAGMA user_version");
    while (version < kStoreVersion) {
        connection.execute("BEGIN IMMEDIATE");
        const auto& step = known[static_cast<std::size_t>(version)];
        for (const auto sql : step.sql) connection.execute(std::string(sql));
        if (step.fill != nullptr) step.fill(connection);
        ++version;
        connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
        connection.execute("PRAGMA user_version = " + std::to_string(version));
        connection.execute("COMMIT");
    }
}

} // namespace viz::storage
