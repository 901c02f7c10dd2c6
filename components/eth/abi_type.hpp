// Parses Solidity ABI types and function signatures: "swap(uint256,(address,bytes)[])" gives types
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
    bad_type,       // not an ABI type, or beyond the limits below
    bad_signature,  // not of the form name(types)
    truncated,      // a word or a length extends beyond the data
    bad_offset,     // an offset points beyond the data
    out_of_range,   // a word has bits set outside its type; a contract would revert
    too_large,      // more values than kMaxAbiValues
    value_mismatch, // encoding: the value's shape differs from the type
};
std::string_view to_string(AbiError error);

inline constexpr std::size_t kMaxAbiDepth = 16;       // levels of nested arrays and tuples
inline constexpr std::size_t kMaxAbiHeadWords = 4096; // head words of one static type

struct AbiType {
    AbiKind kind{AbiKind::tuple};
    std::uint32_t size{};         // bits of integers, bytes of fixed_bytes, length of fixed_array
    std::vector<AbiType> members; // members of a tuple; the one element type of an array
    bool dynamic{};               // the head is an offset
    std::size_t head_words{1};    // words in the parent's head

    friend bool operator==(const AbiType&, const AbiType&) = default;
};

struct AbiSignature {
    std::string_view name; // points into the parsed text
    AbiType parameters;    // a tuple
    Selector selector;
};

// Accepts canonical names only ("uint256", not "uint"), since only those give the correct selector.
Result<AbiType, AbiError> parse_abi_type(std::string_view text);
Result<AbiSignature, AbiError> parse_abi_signature(std::string_view text);

} // namespace viz::eth
