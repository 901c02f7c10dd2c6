#include "components/storage/row_values.hpp"

#include <nlohmann/json.hpp>

#include "bus/event_json.hpp"
#include "components/eth/hex.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::storage {

bus::Wei wei(const Statement& row, int column) {
    return eth::from_decimal(row.text(column)).value_or(bus::Wei{});
}

bus::Wei signed_wei(const Statement& row, int column) {
    const auto text = row.text(column);
    if (!text.starts_with('-')) return wei(row, column);
    return eth::negate(eth::from_decimal(text.substr(1)).value_or(bus::Wei{}));
}

std::uint32_t u32(const Statement& row, int column) {
    return static_cast<std::uint32_t>(row.integer(column));
}

std::vector<std::string> text_list(std::string_view json) {
    std::vector<std::string> out;
    if (eth::exceeds(json, kStoredLimits)) return out;
    const auto list = nlohmann::json::parse(json, nullptr, false);
    if (!list.is_array()) return out;
    for (const auto& one : list)
        if (one.is_string()) out.push_back(one.get<std::string>());
    return out;
}

std::vector<bus::Hash> hash_list(std::string_view json) {
    std::vector<bus::Hash> out;
    for (const auto& text : text_list(json))
        if (const auto hash = eth::hash_from_hex(text)) out.push_back(*hash);
    return out;
}

std::string texts_json(const std::vector<std::string>& texts) {
    std::string json = "[";
    for (const auto& text : texts) {
        if (json.size() > 1) json += ',';
        bus::append_json_string(json, text);
    }
    json += ']';
    return json;
}

std::string hashes_json(const std::vector<bus::Hash>& hashes) {
    std::vector<std::string> texts;
    texts.reserve(hashes.size());
    for (const auto& hash : hashes) texts.push_back(eth::to_hex(hash.view()));
    return texts_json(texts);
}

RowBinder& RowBinder::integer(std::int64_t value) {
    to_.bind(next_++, value);
    return *this;
}
RowBinder& RowBinder::u64(std::uint64_t value) {
    to_.bind_u64(next_++, value);
    return *this;
}
RowBinder& RowBinder::text(std::string value) {
    to_.bind(next_++, std::string_view(made_.emplace_back(std::move(value))));
    return *this;
}
RowBinder& RowBinder::wei(const std::optional<bus::Wei>& value) {
    return value ? text(eth::to_decimal(*value)) : null();
}
RowBinder& RowBinder::signed_wei(const std::optional<bus::Wei>& value) {
    return value ? text(eth::to_signed_decimal(*value)) : null();
}
RowBinder& RowBinder::null(int columns) {
    for (; columns > 0; --columns) to_.bind_null(next_++);
    return *this;
}

std::string upsert_sql(std::string_view table, std::string_view key, std::string_view columns) {
    std::string places;
    std::string updates;
    auto rest = columns;
    for (int n = 1; !rest.empty(); ++n) {
        const auto name = std::string(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        places += (n == 1 ? "?" : ",?") + std::to_string(n);
        updates += (n == 1 ? "" : ",") + name + "=excluded." + name;
    }
    std::string sql = "INSERT INTO ";
    sql.append(table).append("(").append(columns).append(") VALUES (").append(places);
    sql.append(") ON CONFLICT(").append(key).append(") DO UPDATE SET ").append(updates);
    return sql;
}

} // namespace viz::storage
