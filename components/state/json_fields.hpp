// Reads fields of a node's JSON answers; nothing when a field is absent or has another type.
#pragma once

#include <optional>
#include <string>

#include <simdjson.h>

#include "components/eth/hex.hpp"

namespace viz::state {

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

} // namespace viz::state
