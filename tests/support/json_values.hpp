// Hex values in JSON, as the official vectors and nodes write them. Throws on anything else.
#pragma once

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"

namespace viz::test {

inline std::uint64_t number(const nlohmann::json& value) {
    return eth::u64_from_hex(value.get<std::string>()).value();
}
inline eth::U256 word(const nlohmann::json& value) {
    return eth::u256_from_hex(value.get<std::string>()).value();
}
inline eth::Bytes bytes(const nlohmann::json& value) {
    return eth::bytes_from_hex(value.get<std::string>()).value();
}
inline eth::Address address(const nlohmann::json& value) {
    return eth::address_from_hex(value.get<std::string>()).value();
}
inline eth::Hash hash(const nlohmann::json& value) {
    return eth::hash_from_hex(value.get<std::string>()).value();
}

} // namespace viz::test
