// The 0x-prefixed hex of JSON-RPC: DATA ("0x" + an even number of digits) and QUANTITY ("0x" +
// digits without leading zeros). Output is always lower case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "components/eth/types.hpp"

namespace viz::eth {

std::string to_hex(BytesView bytes); // "0x…"
void append_hex(std::string& out, BytesView bytes);

// Returns nullopt on a missing prefix, an odd number of digits or a character that is not a hex
// digit.
std::optional<Bytes> bytes_from_hex(std::string_view hex);
// As above; the length must be exactly that of `out`.
bool fixed_from_hex(std::string_view hex, std::span<std::uint8_t> out);
std::optional<Hash> hash_from_hex(std::string_view hex);
std::optional<Address> address_from_hex(std::string_view hex);

// Accepts leading zeros (some nodes pad), rejects values of more than 256 (64) bits.
std::optional<U256> u256_from_hex(std::string_view quantity);
std::optional<std::uint64_t> u64_from_hex(std::string_view quantity);
std::string quantity_hex(std::uint64_t v); // "0x0", "0x1a"

} // namespace viz::eth
