#include "tools/viz_replay/export_rows.hpp"

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"

namespace viz::replay {

const char* const kTransactionHeader =
    "timestamp_ms,hash,chain_id,from,to,value,nonce,gas,gas_price,gas_tip_cap,gas_fee_cap,"
    "data_size,data_4bytes,sources,included_at_block_height,included_block_timestamp_ms,"
    "inclusion_delay_ms,tx_type";
const char* const kSourceHeader = "timestamp_ms,hash,source";

namespace {

using Json = nlohmann::ordered_json;

// In the order of the header.
Json transaction_fields(const storage::TransactionRow& row) {
    const auto& record = row.record;
    const auto& tx = record.decoded;
    Json out;
    out["timestamp_ms"] = record.first_seen_unix_ms.value;
    out["hash"] = eth::to_hex(record.hash.view());
    out["chain_id"] = record.chain_id.value;
    const auto put = [&](const char* name, auto of) { out[name] = tx ? Json(of(*tx)) : Json(); };
    const auto optional_hex = [](const auto& bytes) {
        return bytes ? Json(eth::to_hex(bytes->view())) : Json();
    };
    put("from", [](const auto& t) { return eth::to_hex(t.sender.view()); });
    put("to", [&](const auto& t) { return optional_hex(t.to); });
    put("value", [](const auto& t) { return eth::to_decimal(t.value); });
    put("nonce", [](const auto& t) { return t.nonce; });
    put("gas", [](const auto& t) { return t.gas_limit.value; });
    put("gas_price", [](const auto& t) { return eth::to_decimal(t.max_fee_per_gas); });
    put("gas_tip_cap", [](const auto& t) { return eth::to_decimal(t.max_priority_fee_per_gas); });
    put("gas_fee_cap", [](const auto& t) { return eth::to_decimal(t.max_fee_per_gas); });
    put("data_size", [](const auto& t) { return t.calldata_len; });
    put("data_4bytes", [&](const auto& t) { return optional_hex(t.selector); });
    out["sources"] = Json::array();
    for (const auto& source : record.sources) out["sources"].push_back(source.source_id);
    out["included_at_block_height"] =
        record.included_block ? Json(record.included_block->value) : Json();
    out["included_block_timestamp_ms"] =
        row.block_timestamp_s ? Json(*row.block_timestamp_s * 1000) : Json();
    out["inclusion_delay_ms"] =
        record.inclusion_delay_ms ? Json(*record.inclusion_delay_ms) : Json();
    put("tx_type", [](const auto& t) { return static_cast<unsigned>(t.tx_type); });
    return out;
}

Json source_fields(const bus::Envelope& seen) {
    Json out;
    out["timestamp_ms"] = seen.ingest_ts_unix_ms.value;
    out["hash"] = eth::to_hex(bus::hash_of(seen.data).value_or(bus::Hash{}).view());
    out["source"] = seen.source_id;
    return out;
}

// RFC 4180.
std::string csv_text(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

std::string csv_cell(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return csv_text(value.get<std::string>());
    if (!value.is_array()) return value.dump();
    std::string joined;
    for (const auto& part : value) joined += (joined.empty() ? "" : " ") + part.get<std::string>();
    return csv_text(joined);
}

std::string csv_line(const Json& fields) {
    std::string out;
    bool first = true;
    for (const auto& value : fields) {
        if (!first) out += ',';
        first = false;
        out += csv_cell(value);
    }
    return out;
}

// Source names come from the configuration; invalid UTF-8 must not end an export.
std::string json_line(const Json& fields) {
    return fields.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string transaction_csv(const storage::TransactionRow& row) {
    return csv_line(transaction_fields(row));
}
std::string transaction_json(const storage::TransactionRow& row) {
    return json_line(transaction_fields(row));
}
std::string source_csv(const bus::Envelope& seen) {
    return csv_line(source_fields(seen));
}
std::string source_json(const bus::Envelope& seen) {
    return json_line(source_fields(seen));
}

} // namespace viz::replay
