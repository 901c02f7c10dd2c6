#include "components/storage/opportunity_table.hpp"

#include <algorithm>

#include "bus/opportunity_fold.hpp"
#include "components/storage/row_values.hpp"

namespace viz::storage {

namespace {

// In the order used by read() and write().
constexpr std::string_view kColumns =
    "candidate_id,chain_id,updated_unix_ms,status,seq_id,tx_hash,member_tx_hashes,strategy,"
    "strategy_version,scorer_version,feature_engine_version,score,protocol,category,reasons,"
    "base_token,capital,expected_profit,expected_net_wei,block_number,block_hash,detected_unix_ms,"
    "sim_id,fail_category,flags,profit,profit_wei,outcome,outcome_tx_hash,outcome_by,"
    "outcome_slot_address,outcome_slot_key,outcome_coinbase_payment_wei,outcome_block_number,"
    "outcome_block_hash,outcome_unix_ms,outcome_reason";
constexpr int kDetectedColumns = 17; // number of columns from tx_hash
constexpr int kResultColumns = 4;    // number of columns from fail_category
constexpr int kOutcomeColumns = 10;  // number of columns from outcome

std::optional<bus::OppDetected> read_detected(const Statement& row, const bus::Hash& candidate_id,
                                              int c) {
    if (row.is_null(c + 1)) return std::nullopt;
    bus::OppDetected detected;
    detected.candidate_id = candidate_id;
    detected.hash = maybe_fixed<bus::Hash>(row, c++);
    detected.member_hashes = hash_list(row.text(c++));
    detected.strategy = row.text(c++);
    detected.strategy_version = row.text(c++);
    detected.scorer_version = row.text(c++);
    detected.feature_engine_version = row.text(c++);
    detected.score = u32(row, c++);
    detected.protocol = row.text(c++);
    detected.category = row.text(c++);
    detected.reasons = text_list(row.text(c++));
    detected.base_token = fixed<bus::Address>(row, c++);
    detected.capital = wei(row, c++);
    detected.expected = wei(row, c++);
    detected.expected_net = signed_wei(row, c++);
    detected.block_number = bus::BlockNumber{row.u64(c++)};
    detected.block_hash = fixed<bus::Hash>(row, c++);
    detected.detected_unix_ms = bus::UnixMs{row.integer(c++)};
    return detected;
}

std::optional<bus::OppResult> read_result(const Statement& row, int c) {
    if (row.is_null(c + 1)) return std::nullopt;
    bus::OppResult result;
    result.fail_category = row.text(c++);
    result.flags = text_list(row.text(c++));
    if (!row.is_null(c)) result.profit = signed_wei(row, c);
    if (!row.is_null(++c)) result.net = signed_wei(row, c);
    return result;
}

std::optional<bus::OppOutcome> read_outcome(const Statement& row, const bus::Hash& candidate_id,
                                            int c) {
    if (row.is_null(c)) return std::nullopt;
    bus::OppOutcome outcome;
    outcome.candidate_id = candidate_id;
    outcome.outcome = row.text(c++);
    outcome.hash = maybe_fixed<bus::Hash>(row, c++);
    outcome.by = maybe_fixed<bus::Hash>(row, c++);
    if (!row.is_null(c))
        outcome.slot = bus::SlotUse{fixed<bus::Address>(row, c), eth::from_be(row.blob(c + 1))};
    c += 2;
    if (!row.is_null(c)) outcome.coinbase_payment = wei(row, c);
    outcome.block_number = bus::BlockNumber{row.u64(++c)};
    outcome.block_hash = fixed<bus::Hash>(row, ++c);
    c += 2; // skips the time
    if (!row.is_null(c)) outcome.reason = row.text(c);
    return outcome;
}

bus::OpportunityRecord read(const Statement& row) {
    int c = 0;
    bus::OpportunityRecord record;
    record.candidate_id = fixed<bus::Hash>(row, c++);
    record.chain_id = bus::ChainId{row.u64(c++)};
    record.updated_unix_ms = bus::UnixMs{row.integer(c++)};
    record.status = bus::opp_status_from_string(row.text(c++)).value_or(bus::OppStatus::detected);
    record.detected_seq_id = row.u64(c++);
    record.detected = read_detected(row, record.candidate_id, c);
    c += kDetectedColumns;
    record.sim_id = maybe_fixed<bus::Hash>(row, c++);
    record.result = read_result(row, c);
    c += kResultColumns;
    record.outcome = read_outcome(row, record.candidate_id, c);
    record.outcome_unix_ms = bus::UnixMs{row.integer(c + kOutcomeColumns - 2)};
    return record;
}

void bind_detected(RowBinder& to, const bus::OppDetected& detected) {
    to.bytes(detected.hash)
        .text(hashes_json(detected.member_hashes))
        .text(detected.strategy)
        .text(detected.strategy_version)
        .text(detected.scorer_version)
        .text(detected.feature_engine_version)
        .integer(detected.score)
        .text(detected.protocol)
        .text(detected.category)
        .text(texts_json(detected.reasons))
        .bytes(detected.base_token)
        .wei(detected.capital)
        .wei(detected.expected)
        .signed_wei(detected.expected_net)
        .u64(detected.block_number.value)
        .bytes(detected.block_hash)
        .integer(detected.detected_unix_ms.value);
}

// `slot_key` belongs to the outcome; bound values must live until the statement has run.
void bind_outcome(RowBinder& to, const bus::OppOutcome& outcome, const bus::Hash& slot_key,
                  bus::UnixMs time) {
    to.text(outcome.outcome).bytes(outcome.hash).bytes(outcome.by);
    if (outcome.slot)
        to.bytes(outcome.slot->address).bytes(slot_key);
    else
        to.null(2);
    to.wei(outcome.coinbase_payment)
        .u64(outcome.block_number.value)
        .bytes(outcome.block_hash)
        .integer(time.value)
        .text(outcome.reason);
}

std::string select(std::string_view rest) {
    return std::string("SELECT ").append(kColumns).append(" FROM opportunities ").append(rest);
}

} // namespace

OpportunityTable::OpportunityTable(Connection& connection)
    : select_(connection.prepare(select("WHERE candidate_id = ?1"))),
      upsert_(connection.prepare(upsert_sql("opportunities", "candidate_id", kColumns))) {}

void OpportunityTable::note(const bus::Envelope& event) {
    const auto id = bus::candidate_of(event.data);
    if (!id) return;
    auto found = touched_.find(*id);
    if (found == touched_.end()) {
        found = touched_.emplace(*id, load(*id, event.chain_id)).first;
        in_order_.push_back(*id);
    }
    bus::apply(found->second, event);
}

bus::OpportunityRecord OpportunityTable::load(const bus::Hash& candidate_id,
                                              bus::ChainId chain_id) {
    const ResetOnExit reset(select_);
    select_.bind(1, candidate_id.view());
    return select_.step() ? read(select_) : bus::new_opportunity(candidate_id, chain_id);
}

void OpportunityTable::write() {
    for (const auto& id : in_order_) write(touched_.at(id));
}

void OpportunityTable::write(const bus::OpportunityRecord& record) {
    bus::Hash slot_key;
    if (record.outcome && record.outcome->slot)
        slot_key = bus::Hash{eth::to_be(record.outcome->slot->key)};
    RowBinder row(upsert_);
    row.bytes(record.candidate_id)
        .u64(record.chain_id.value)
        .integer(record.updated_unix_ms.value)
        .text(std::string(bus::to_string(record.status)));
    if (record.detected)
        bind_detected(row.u64(record.detected_seq_id), *record.detected);
    else
        row.null(1 + kDetectedColumns);
    row.bytes(record.sim_id);
    if (const auto& result = record.result)
        row.text(result->fail_category)
            .text(texts_json(result->flags))
            .signed_wei(result->profit)
            .signed_wei(result->net);
    else
        row.null(kResultColumns);
    if (record.outcome)
        bind_outcome(row, *record.outcome, slot_key, record.outcome_unix_ms);
    else
        row.null(kOutcomeColumns);
    upsert_.run();
}

std::vector<bus::OpportunityRecord> newest_opportunities(Connection& connection,
                                                         std::size_t limit) {
    std::vector<bus::OpportunityRecord> found;
    auto rows =
        connection.prepare(select("WHERE seq_id IS NOT NULL ORDER BY seq_id DESC LIMIT ?1"));
    rows.bind(1, static_cast<std::int64_t>(limit));
    while (rows.step()) found.push_back(read(rows));
    std::ranges::reverse(found);
    return found;
}

} // namespace viz::storage
