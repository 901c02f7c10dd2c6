// Contract ABI values: reads calldata by offset, with bounds against hostile input, and encodes it.
// Source: Solidity documentation, Contract ABI Specification. AbiReader is for code that knows the
// layout (no allocation), decode_abi for types known only at run time.
//
// As strict as Solidity's decoder: offsets and lengths must stay inside the data, and words inside
// the range of their type. As lenient too: parts may overlap or come in any order; bytes after the
// last part and the padding of `bytes` are not checked.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "components/eth/abi_type.hpp"

namespace viz::eth {

inline constexpr std::size_t kAbiWord = 32;
// Counts all values of one decode, nested ones too. Offsets may alias, so the data's size alone is
// no bound.
inline constexpr std::size_t kMaxAbiValues = 65'536;

// Reads a tuple's encoding; offsets inside it count from its start. `slot` counts words. Every
// method returns nullopt where the data is too short. Valid as long as the underlying bytes.
class AbiReader {
  public:
    AbiReader() = default;
    explicit AbiReader(BytesView data) : data_(data) {}

    std::optional<U256> word(std::size_t slot) const;
    std::optional<std::uint64_t> u64(std::size_t slot) const; // nullopt for 2^64 and above
    std::optional<Address>
    address(std::size_t slot) const; // nullopt unless the upper 12 bytes are zero
    std::optional<bool> boolean(std::size_t slot) const;

    // The tuple that the offset in `slot` points to.
    std::optional<AbiReader> tuple(std::size_t slot) const;
    std::optional<BytesView> bytes(std::size_t slot) const;
    struct Array;
    // The heads of the elements: at most `limit` elements, each with `words` (at least 1) in its
    // head.
    std::optional<Array> array(std::size_t slot, std::size_t words, std::size_t limit) const;

    BytesView data() const { return data_; }

  private:
    BytesView data_;
};

struct AbiReader::Array {
    AbiReader elements;   // offsets of dynamic elements count from here
    std::size_t length{}; // number of elements
};

struct AbiValue {
    U256 word;                     // integers (two's complement), address, boolean
    Bytes bytes;                   // fixed_bytes (of the type's size), bytes, string
    std::vector<AbiValue> members; // arrays and tuples

    friend bool operator==(const AbiValue&, const AbiValue&) = default;
};

// `type` is usually a tuple: a function's parameters, encoded without the selector.
Result<AbiValue, AbiError> decode_abi(const AbiType& type, BytesView data);
// The canonical encoding: parts in order, no gaps, zero padding.
Result<Bytes, AbiError> encode_abi(const AbiType& type, const AbiValue& value);

} // namespace viz::eth
