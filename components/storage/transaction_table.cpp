#include "components/storage/transaction_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "bus/event_json.hpp"
#include "components/storage/row_values.hpp"

namespace viz::storage {

using bus::TransactionRecord;

// ------------------------------------------------------------------------------- SourceNames

SourceNames::SourceNames(Connection& connection)
    : by_id_(connection.prepare("SELECT name FROM sources WHERE id = ?1")),
      by_name_(connection.prepare("SELECT id FROM sources WHERE name = ?1")),
      connection_(connection) {}

std::int64_t SourceNames::id_of(const std::string& name) {
    if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
    std::optional<std::int64_t> id;
    {
        const ResetOnExit reset(by_name_);
        if (by_name_.bind(1, std::string_view(name)).step()) id = by_name_.integer(0);
    }
    if (!id) {
        auto insert = connection_.prepare("INSERT INTO sources(name) VALUES (?1) RETURNING id");
        insert.bind(1, std::string_view(name)).step();
        id = insert.integer(0);
        insert.run();
        added_.push_back(name);
    }
    ids_[name] = *id;
    names_[*id] = name;
    return *id;
}

const std::string& SourceNames::name_of(std::int64_t id) {
    static const std::string kNone;
    if (const auto known = names_.find(id); known != names_.end()) return known->second;
    const ResetOnExit reset(by_id_);
    if (!by_id_.bind(1, id).step()) return kNone;
    return names_[id] = std::string(by_id_.text(0));
}

void SourceNames::forget_added() {
    for (const auto& name : added_) {
        names_.erase(ids_[name]);
        ids_.erase(name);
    }
    added_.clear();
}

// ------------------------------------------------------------------------------- columns

#define VIZ_TRANSACTION_COLUMNS                                                                    \
    "hash,chain_id,first_seen_unix_ms,sources,status,status_reason,status_unix_ms,superseded_by,"  \
    "included_block,included_block_hash,inclusion_delay_ms,sender,nonce,tx_type,\"to\",value_wei," \
    "gas_limit,max_fee_per_gas_wei,max_priority_fee_per_gas_wei,max_fee_per_blob_gas_wei,"         \
    "blob_count,calldata_len,raw_tx_len,selector,decoded_first_seen_unix_ms,"                      \
    "decoded_first_seen_mono_ns,protocol,category,mev_score,urgency_score,method_selector,"        \
    "feature_engine_version,feature_reasons,actions"

const std::string_view kTransactionColumns = VIZ_TRANSACTION_COLUMNS;

namespace {

// Positions of the columns above.
enum Column : int {
    c_hash,
    c_chain_id,
    c_first_seen,
    c_sources,
    c_status,
    c_status_reason,
    c_status_time,
    c_superseded_by,
    c_included_block,
    c_included_block_hash,
    c_inclusion_delay,
    c_sender,
    c_nonce,
    c_tx_type,
    c_to,
    c_value,
    c_gas_limit,
    c_max_fee,
    c_max_tip,
    c_max_blob_fee,
    c_blob_count,
    c_calldata_len,
    c_raw_tx_len,
    c_selector,
    c_decoded_unix_ms,
    c_decoded_mono_ns,
    c_protocol,
    c_category,
    c_mev_score,
    c_urgency_score,
    c_method_selector,
    c_engine_version,
    c_reasons,
    c_actions,
    c_count,
};

// ---- reading

// `[[1,1700000000000,0],…]`, written only by append_sources.
std::vector<TransactionRecord::Source> read_sources(std::string_view json, SourceNames& names) {
    std::vector<TransactionRecord::Source> sources;
    std::array<std::int64_t, 3> numbers{};
    std::size_t filled = 0;
    const char* at = json.data();
    const char* const end = at + json.size();
    while (at < end) {
        const auto [next, error] = std::from_chars(at, end, numbers[filled]);
        if (error != std::errc{}) {
            ++at;
            continue;
        }
        at = next;
        if (++filled < numbers.size()) continue;
        filled = 0;
        sources.push_back({names.name_of(numbers[0]), bus::UnixMs{numbers[1]}, numbers[2] != 0});
    }
    return sources;
}

bus::ActionField read_action_field(const std::string& name, const nlohmann::ordered_json& value) {
    using Kind = bus::ActionField::Kind;
    bus::ActionField field{
        .name = name, .kind = Kind::text, .is_list = value.is_array(), .values = {}};
    const auto add = [&](const nlohmann::ordered_json& one) {
        if (one.is_number_unsigned()) field.kind = Kind::number;
        if (one.is_boolean()) field.kind = Kind::boolean;
        field.values.push_back(one.is_string() ? one.get<std::string>() : one.dump());
    };
    if (!field.is_list) add(value);
    for (std::size_t i = 0; field.is_list && i < value.size(); ++i) add(value[i]);
    return field;
}

std::vector<bus::Action> read_actions(std::string_view json) {
    std::vector<bus::Action> actions;
    if (eth::exceeds(json, kStoredLimits)) return actions;
    const auto list = nlohmann::ordered_json::parse(json, nullptr, false);
    if (!list.is_array()) return actions;
    for (const auto& one : list) {
        bus::Action action;
        if (!one.is_object()) continue;
        for (const auto& [name, value] : one.items())
            if (name == "type" && value.is_string())
                action.type = value.get<std::string>();
            else
                action.fields.push_back(read_action_field(name, value));
        if (bus::is_sound(action)) actions.push_back(std::move(action));
    }
    return actions;
}

bus::TxDecoded read_decoded(const Statement& row) {
    return {.hash = fixed<bus::Hash>(row, c_hash),
            .sender = fixed<bus::Address>(row, c_sender),
            .tx_type = static_cast<bus::TxType>(row.integer(c_tx_type)),
            .nonce = row.u64(c_nonce),
            .to = maybe_fixed<bus::Address>(row, c_to),
            .value = wei(row, c_value),
            .gas_limit = bus::Gas{row.u64(c_gas_limit)},
            .max_fee_per_gas = wei(row, c_max_fee),
            .max_priority_fee_per_gas = wei(row, c_max_tip),
            .max_fee_per_blob_gas = row.is_null(c_max_blob_fee)
                                        ? std::nullopt
                                        : std::optional(wei(row, c_max_blob_fee)),
            .blob_count = u32(row, c_blob_count),
            .calldata_len = u32(row, c_calldata_len),
            .raw_tx_len = u32(row, c_raw_tx_len),
            .selector = maybe_fixed<bus::Selector>(row, c_selector),
            .first_seen_unix_ms = bus::UnixMs{row.integer(c_decoded_unix_ms)},
            .first_seen_mono_ns = bus::MonoNs{row.integer(c_decoded_mono_ns)}};
}

bus::Feature read_feature(const Statement& row) {
    return {.hash = fixed<bus::Hash>(row, c_hash),
            .chain_id = bus::ChainId{row.u64(c_chain_id)},
            .protocol = std::string(row.text(c_protocol)),
            .category = std::string(row.text(c_category)),
            .mev_score = u32(row, c_mev_score),
            .urgency_score = u32(row, c_urgency_score),
            .method_selector = maybe_fixed<bus::Selector>(row, c_method_selector),
            .engine_version = std::string(row.text(c_engine_version)),
            .reasons = text_list(row.text(c_reasons)),
            .actions = read_actions(row.text(c_actions))};
}

// ---- writing

std::string sources_json(const TransactionRecord& record, SourceNames& names) {
    std::string json = "[";
    for (const auto& source : record.sources) {
        if (json.size() > 1) json += ',';
        json += '[';
        json += std::to_string(names.id_of(source.source_id));
        json += ',';
        json += std::to_string(source.first_seen_unix_ms.value);
        json += source.backfilled ? ",1]" : ",0]";
    }
    json += ']';
    return json;
}

constexpr int parameter(Column column) {
    return column + 1;
}

template <class T> void bind_maybe(Statement& to, Column column, const std::optional<T>& value) {
    if (value)
        to.bind(parameter(column), value->view());
    else
        to.bind_null(parameter(column));
}

// Texts created for binding; must live until the statement has run.
struct DecodedTexts {
    std::string value;
    std::string max_fee;
    std::string max_tip;
    std::string max_blob_fee;
};

void bind_decoded(Statement& to, const bus::TxDecoded& tx, DecodedTexts& texts) {
    texts = {eth::to_decimal(tx.value), eth::to_decimal(tx.max_fee_per_gas),
             eth::to_decimal(tx.max_priority_fee_per_gas),
             tx.max_fee_per_blob_gas ? eth::to_decimal(*tx.max_fee_per_blob_gas) : ""};
    to.bind(parameter(c_sender), tx.sender.view());
    to.bind_u64(parameter(c_nonce), tx.nonce);
    to.bind(parameter(c_tx_type), static_cast<std::int64_t>(tx.tx_type));
    bind_maybe(to, c_to, tx.to);
    to.bind(parameter(c_value), std::string_view(texts.value));
    to.bind_u64(parameter(c_gas_limit), tx.gas_limit.value);
    to.bind(parameter(c_max_fee), std::string_view(texts.max_fee));
    to.bind(parameter(c_max_tip), std::string_view(texts.max_tip));
    if (tx.max_fee_per_blob_gas)
        to.bind(parameter(c_max_blob_fee), std::string_view(texts.max_blob_fee));
    else
        to.bind_null(parameter(c_max_blob_fee));
    to.bind(parameter(c_blob_count), std::int64_t{tx.blob_count});
    to.bind(parameter(c_calldata_len), std::int64_t{tx.calldata_len});
    to.bind(parameter(c_raw_tx_len), std::int64_t{tx.raw_tx_len});
    bind_maybe(to, c_selector, tx.selector);
    to.bind(parameter(c_decoded_unix_ms), tx.first_seen_unix_ms.value);
    to.bind(parameter(c_decoded_mono_ns), tx.first_seen_mono_ns.value);
}

// The texts must live until the statement has run.
struct FeatureTexts {
    std::string reasons;
    std::string actions;
};
FeatureTexts texts_of(const bus::Feature& feature) {
    FeatureTexts texts{texts_json(feature.reasons), {}};
    if (!feature.actions.empty()) bus::append_json(texts.actions, feature.actions);
    return texts;
}

void bind_feature(Statement& to, const bus::Feature& feature, const FeatureTexts& texts) {
    to.bind(parameter(c_protocol), std::string_view(feature.protocol));
    to.bind(parameter(c_category), std::string_view(feature.category));
    to.bind(parameter(c_mev_score), std::int64_t{feature.mev_score});
    to.bind(parameter(c_urgency_score), std::int64_t{feature.urgency_score});
    bind_maybe(to, c_method_selector, feature.method_selector);
    to.bind(parameter(c_engine_version), std::string_view(feature.engine_version));
    to.bind(parameter(c_reasons), std::string_view(texts.reasons));
    if (texts.actions.empty())
        to.bind_null(parameter(c_actions));
    else
        to.bind(parameter(c_actions), std::string_view(texts.actions));
}

void bind_nulls(Statement& to, Column first, Column last) {
    for (int column = first; column <= last; ++column) to.bind_null(column + 1);
}

void bind_lifecycle(Statement& to, const TransactionRecord& record) {
    to.bind(parameter(c_status), static_cast<std::int64_t>(record.lifecycle_status));
    to.bind(parameter(c_status_reason), std::string_view(record.lifecycle_reason));
    to.bind(parameter(c_status_time), record.lifecycle_updated_unix_ms.value);
    bind_maybe(to, c_superseded_by, record.superseded_by);
    if (record.included_block)
        to.bind_u64(parameter(c_included_block), record.included_block->value);
    else
        to.bind_null(parameter(c_included_block));
    bind_maybe(to, c_included_block_hash, record.included_block_hash);
    if (record.inclusion_delay_ms)
        to.bind(parameter(c_inclusion_delay), *record.inclusion_delay_ms);
    else
        to.bind_null(parameter(c_inclusion_delay));
}

std::string insert_sql() {
    std::string sql = "INSERT INTO transactions(" VIZ_TRANSACTION_COLUMNS ") VALUES (?1";
    for (int i = 2; i <= c_count; ++i) sql += ",?" + std::to_string(i);
    return sql + ") ON CONFLICT DO NOTHING";
}

// All columns after the key.
std::string update_sql() {
    std::string sql = "UPDATE transactions SET (";
    constexpr std::string_view kKey = "hash,chain_id,";
    sql += kTransactionColumns.substr(kKey.size());
    sql += ") = (?3";
    for (int i = 4; i <= c_count; ++i) sql += ",?" + std::to_string(i);
    return sql + ") WHERE hash = ?1 AND chain_id = ?2";
}

} // namespace

const int kTransactionColumnCount = c_count;

TransactionRecord read_transaction(const Statement& row, SourceNames& names) {
    TransactionRecord record;
    record.hash = fixed<bus::Hash>(row, c_hash);
    record.chain_id = bus::ChainId{row.u64(c_chain_id)};
    record.first_seen_unix_ms = bus::UnixMs{row.integer(c_first_seen)};
    record.sources = read_sources(row.text(c_sources), names);
    record.lifecycle_status = bus::lifecycle_status_from_number(row.integer(c_status))
                                  .value_or(bus::LifecycleStatus::pending);
    record.lifecycle_reason = std::string(row.text(c_status_reason));
    record.lifecycle_updated_unix_ms = bus::UnixMs{row.integer(c_status_time)};
    record.superseded_by = maybe_fixed<bus::Hash>(row, c_superseded_by);
    if (!row.is_null(c_included_block))
        record.included_block = bus::BlockNumber{row.u64(c_included_block)};
    record.included_block_hash = maybe_fixed<bus::Hash>(row, c_included_block_hash);
    if (!row.is_null(c_inclusion_delay)) record.inclusion_delay_ms = row.integer(c_inclusion_delay);
    if (!row.is_null(c_sender)) record.decoded = read_decoded(row);
    if (!row.is_null(c_protocol)) record.feature = read_feature(row);
    return record;
}

TransactionTable::TransactionTable(Connection& connection, SourceNames& names)
    : connection_(connection), names_(names),
      select_(connection.prepare("SELECT " VIZ_TRANSACTION_COLUMNS
                                 " FROM transactions WHERE hash = ?1 AND chain_id = ?2")),
      insert_(connection.prepare(insert_sql())), update_(connection.prepare(update_sql())) {}

std::optional<TransactionRecord> TransactionTable::load(const bus::Hash& hash,
                                                        bus::ChainId chain_id) {
    const ResetOnExit reset(select_);
    select_.bind(1, hash.view()).bind_u64(2, chain_id.value);
    if (!select_.step()) return std::nullopt;
    return read_transaction(select_, names_);
}

bool TransactionTable::try_insert(const TransactionRecord& record) {
    write(insert_, record);
    return connection_.last_changes() > 0;
}
void TransactionTable::update(const TransactionRecord& record) {
    write(update_, record);
}

void TransactionTable::write(Statement& to, const TransactionRecord& record) {
    const auto sources = sources_json(record, names_);
    const auto labels = record.feature ? texts_of(*record.feature) : FeatureTexts{};
    DecodedTexts texts;
    to.bind(parameter(c_hash), record.hash.view());
    to.bind_u64(parameter(c_chain_id), record.chain_id.value);
    to.bind(parameter(c_first_seen), record.first_seen_unix_ms.value);
    to.bind(parameter(c_sources), std::string_view(sources));
    bind_lifecycle(to, record);
    if (record.decoded)
        bind_decoded(to, *record.decoded, texts);
    else
        bind_nulls(to, c_sender, c_decoded_mono_ns);
    if (record.feature)
        bind_feature(to, *record.feature, labels);
    else
        bind_nulls(to, c_protocol, c_actions);
    to.run();
}

} // namespace viz::storage
