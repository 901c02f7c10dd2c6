// Solidity ABI types and function signatures as text: "swap(uint256,(address,bytes)[])" to types
// and selector. Source: Solidity documentation, Contract ABI Specification.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "components/eth/result.hpp"
#include "components/eth/types.hpp"

namespace viz::eth {

enum class AbiKind : std::uint8_t {
    unsigned_integer, // uint8 … uint256
    signed_integer,   // int8 … int256
    address,
    boolean,
    fixed_bytes, // bytes1 … bytes32
    bytes,
    string,
    array,       // T[]
    fixed_array, // T[n]
    tuple,
};

enum class AbiError : std::uint8_t {
    bad_type,       // text that names no ABI type, or one beyond the limits below
    bad_signature,  // text that is not name(types)
    truncated,      // a word or a length reaches beyond the end of the data
    bad_offset,     // an offset that points beyond the end
    out_of_range,   // a word with bits set outside its type, as a contract would refuse it
    too_large,      // more values than kMaxAbiValues
    value_mismatch, // encoding: the value's shape is not that of the type
};
std::string_view to_string(AbiError error);

inline constexpr std::size_t kMaxAbiDepth = 16;       // nested arrays and tuples
inline constexpr std::size_t kMaxAbiHeadWords = 4096; // of one static type

struct AbiType {
    AbiKind kind{AbiKind::tuple};
    std::uint32_t size{};         // bits of integers, bytes of fixed_bytes, length of fixed_array
    std::vector<AbiType> members; // a tuple's; an array's one element type
    bool dynamic{};               // its head is an offset
    std::size_t head_words{1};    // words it takes in its parent's head

    friend bool operator==(const AbiType&, const AbiType&) = default;
};

struct AbiSignature {
    std::string_view name; // into the text that was parsed
    AbiType parameters;    // a tuple
    Selector selector;
};

// Canonical names only ("uint256", not "uint"), since only those give the right selector.
Result<AbiType, AbiError> parse_abi_type(std::string_view text);
Result<AbiSignature, AbiError> parse_abi_signature(std::string_view text);

} // namespace viz::eth
