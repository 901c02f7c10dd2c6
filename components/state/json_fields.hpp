// Fields of a node's JSON answers; nothing where one is not there or of another shape.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"

namespace viz::state {

inline constexpr int kMethodNotFound = -32601;     // JSON-RPC 2.0, section 5.1
inline constexpr int kMethodNotSupported = -32004; // EIP-1474

inline const nlohmann::json* member(const nlohmann::json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}
inline std::optional<eth::U256> word_in(const nlohmann::json* value) {
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return eth::u256_from_hex(value->get_ref<const std::string&>());
}
inline std::optional<std::uint64_t> u64_in(const nlohmann::json* value) {
    const auto word = word_in(value);
    return word && word->fits_u64() ? std::optional(word->low_u64()) : std::nullopt;
}
inline std::optional<eth::Hash> hash_in(const nlohmann::json* value) {
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return eth::hash_from_hex(value->get_ref<const std::string&>());
}
inline std::optional<eth::Bytes> bytes_in(const nlohmann::json* value) {
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return eth::bytes_from_hex(value->get_ref<const std::string&>());
}
// An error object's words; a stand-in where it has none.
inline std::string message_in(const nlohmann::json& error) {
    const auto* message = member(error, "message");
    return message != nullptr && message->is_string() ? message->get<std::string>()
                                                      : "an error without a message";
}
inline bool has_code(const nlohmann::json& error, int code) {
    const auto* value = member(error, "code");
    return value != nullptr && value->is_number_integer() && value->get<std::int64_t>() == code;
}

} // namespace viz::state
