// Reads fields of a JsonDocument; nothing when a field is absent or has another type.
// Files say `using namespace json` among their own names.
#pragma once

#include <optional>
#include <set>
#include <string>

#include <simdjson.h>

#include "components/eth/hex.hpp"

namespace viz::json {

using Json = simdjson::dom::element;

inline constexpr int kMethodNotFound = -32601;     // JSON-RPC 2.0, section 5.1
inline constexpr int kMethodNotSupported = -32004; // EIP-1474

inline std::optional<Json> member(const Json& object, std::string_view name) {
    Json value;
    if (!object.is_object() || object.at_key(name).get(value) != simdjson::SUCCESS)
        return std::nullopt;
    return value;
}
// As member(), without a value for null.
inline std::optional<Json> member_not_null(const Json& object, std::string_view name) {
    const auto value = member(object, name);
    return value && value->is_null() ? std::nullopt : value;
}
inline std::optional<std::string_view> text_in(const std::optional<Json>& value) {
    std::string_view text;
    if (!value || value->get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    return text;
}
// A whole number from 0 to 2^64 - 1.
inline std::optional<std::uint64_t> whole_in(const std::optional<Json>& value) {
    std::uint64_t number = 0;
    if (!value || value->get_uint64().get(number) != simdjson::SUCCESS) return std::nullopt;
    return number;
}
inline std::optional<simdjson::dom::array> array_in(const std::optional<Json>& value) {
    simdjson::dom::array items;
    if (!value || value->get_array().get(items) != simdjson::SUCCESS) return std::nullopt;
    return items;
}
inline std::optional<eth::U256> word_in(const std::optional<Json>& value) {
    const auto text = text_in(value);
    return text ? eth::u256_from_hex(*text) : std::nullopt;
}
inline std::optional<std::uint64_t> u64_in(const std::optional<Json>& value) {
    const auto word = word_in(value);
    return word && word->fits_u64() ? std::optional(word->low_u64()) : std::nullopt;
}
inline std::optional<eth::Hash> hash_in(const std::optional<Json>& value) {
    const auto text = text_in(value);
    return text ? eth::hash_from_hex(*text) : std::nullopt;
}
inline std::optional<eth::Bytes> bytes_in(const std::optional<Json>& value) {
    const auto text = text_in(value);
    return text ? eth::bytes_from_hex(*text) : std::nullopt;
}
// The message of an error object, or a default text.
inline std::string message_in(const Json& error) {
    const auto text = text_in(member(error, "message"));
    return text ? std::string(*text) : "an error without a message";
}
inline bool has_code(const Json& error, int code) {
    const auto value = member(error, "code");
    std::int64_t found = 0;
    return value && value->is_int64() && value->get_int64().get(found) == simdjson::SUCCESS &&
           found == code;
}

// A key that an object anywhere in the document has twice: the first would silently win.
inline std::optional<std::string> duplicate_key(const Json& value) {
    if (value.is_array()) {
        for (const auto item : simdjson::dom::array(value))
            if (auto found = duplicate_key(item)) return found;
    } else if (value.is_object()) {
        std::set<std::string_view> keys;
        for (const auto& [key, item] : simdjson::dom::object(value)) {
            if (!keys.insert(key).second) return std::string(key);
            if (auto found = duplicate_key(item)) return found;
        }
    }
    return std::nullopt;
}

} // namespace viz::json
