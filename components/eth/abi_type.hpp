// Types of the contract ABI as signatures write them, "swap(uint256,address[],(bytes,bool))".
// Source: the Solidity documentation's "Contract ABI Specification".
#pragma once

#include <cstdint>
#include <string>
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
    fixed_bytes, // bytes1 … bytes32; "function" is bytes24
    bytes,
    string,
    fixed_array, // T[k]
    array,       // T[]
    tuple,       // (T,…)
};

enum class AbiTypeError : std::uint8_t {
    malformed,    // not of the grammar
    unknown_type, // a word that is no type of the ABI, or a width that it does not have
    too_large,    // nested deeper than 16, or a static size of more than 2^16 words
};
std::string_view to_string(AbiTypeError error);

struct AbiType {
    AbiKind kind{AbiKind::unsigned_integer};
    std::uint32_t size{256};     // integers: bits; fixed_bytes: bytes; fixed_array: elements
    std::vector<AbiType> inner;  // of arrays: the element's, of tuples: the members' types
    bool dynamic{};              // its place in the head is an offset to its content
    std::uint32_t head_words{1}; // 32-byte words it takes in the head of what contains it

    friend bool operator==(const AbiType&, const AbiType&) = default;
};

// One type. `uint` and `int` are uint256 and int256.
Result<AbiType, AbiTypeError> parse_abi_type(std::string_view text);
// As signatures write it: widths in full, no names, no blanks.
std::string to_string(const AbiType& type);

struct AbiSignature {
    std::string name; // [A-Za-z_$][A-Za-z0-9_$]*
    std::vector<AbiType> inputs;

    std::string canonical() const; // "transfer(address,uint256)"
    Hash topic() const;            // keccak256 of that: topic 0 of an event
    Selector selector() const;     // its first four bytes
};
Result<AbiSignature, AbiTypeError> parse_abi_signature(std::string_view text);

} // namespace viz::eth
