// Contract ABI values: reading calldata by offset, bounded against hostile input, and writing it.
// Source: Solidity documentation, Contract ABI Specification. Two ways in: AbiReader for code that
// knows the layout (no allocation), decode_abi for types known only at run time.
//
// As strict as Solidity's decoder: offsets and lengths must stay inside the data and words inside
// their type. As lenient: parts may overlap or stand in any order, bytes after the last part and
// the padding of `bytes` are not looked at.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "components/eth/abi_type.hpp"

namespace viz::eth {

inline constexpr std::size_t kAbiWord = 32;
// All values of one decode, nested ones too: offsets may alias, so size alone is no bound.
inline constexpr std::size_t kMaxAbiValues = 65'536;

// A tuple's encoding; offsets inside it count from its beginning. `slot` counts words. Nothing
// wherever the data does not hold what is asked for. Valid as long as the bytes it looks at.
class AbiReader {
  public:
    AbiReader() = default;
    explicit AbiReader(BytesView data) : data_(data) {}

    std::optional<U256> word(std::size_t slot) const;
    std::optional<std::uint64_t> u64(std::size_t slot) const; // nothing from 2^64 on
    std::optional<Address> address(std::size_t slot) const;   // nothing unless 12 bytes are zero
    std::optional<bool> boolean(std::size_t slot) const;

    // What the offset in `slot` points to.
    std::optional<AbiReader> tuple(std::size_t slot) const;
    std::optional<BytesView> bytes(std::size_t slot) const;
    struct Array;
    // The elements' heads; at most `limit` elements, each of `words` (at least 1) in its head.
    std::optional<Array> array(std::size_t slot, std::size_t words, std::size_t limit) const;

    BytesView data() const { return data_; }

  private:
    BytesView data_;
};

struct AbiReader::Array {
    AbiReader elements;   // dynamic elements: offsets from here
    std::size_t length{}; // in elements
};

struct AbiValue {
    U256 word;                     // integers (two's complement), address, boolean
    Bytes bytes;                   // fixed_bytes (of its size), bytes, string
    std::vector<AbiValue> members; // arrays and tuples

    friend bool operator==(const AbiValue&, const AbiValue&) = default;
};

// `type` is most often a tuple: a function's parameters, without the selector before them.
Result<AbiValue, AbiError> decode_abi(const AbiType& type, BytesView data);
// The canonical encoding: parts in order, no gaps, zero padding.
Result<Bytes, AbiError> encode_abi(const AbiType& type, const AbiValue& value);

} // namespace viz::eth
