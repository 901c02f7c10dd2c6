// Values of the contract ABI to and from calldata. What is refused is what Solidity's own decoder
// refuses (ABI coder v2): numbers with bits outside their type, offsets and lengths that leave the
// data. As there, padding behind `bytes` and `string` is not looked at, content may be shared or
// overlap, and what lies between and behind is ignored.
#pragma once

#include <variant>

#include "components/eth/abi_type.hpp"

namespace viz::eth {

enum class AbiError : std::uint8_t {
    truncated,      // the data ends before the value
    bad_offset,     // an offset outside the data
    dirty_value,    // a number, address, bool or bytesN with bits outside its type
    limit_exceeded, // more values than DecodeLimits allow
    wrong_shape,    // encoding: the value is not one of the type
};
std::string_view to_string(AbiError error);

// Which alternative it is follows from the type: integers (two's complement), addresses and bools
// a number; bytesN, bytes and string their content; arrays and tuples a list.
struct AbiValue {
    using List = std::vector<AbiValue>;
    std::variant<U256, BytesView, List> data;

    const U256& number() const { return std::get<U256>(data); }
    BytesView bytes() const { return std::get<BytesView>(data); } // into what was decoded
    const List& list() const { return std::get<List>(data); }
    Address address() const; // of a number: its low 20 bytes

    static AbiValue of(const Address& address);
};

struct AbiLimits {
    // Overlapping content lets a few bytes describe exponentially many values.
    std::size_t values{4096};
};

// `data` is what follows the selector. The values refer to it.
Result<std::vector<AbiValue>, AbiError> abi_decode(const std::vector<AbiType>& types,
                                                   BytesView data, const AbiLimits& limits = {});

// Each content once, in order, padded with zeros: the form that compilers write.
Result<Bytes, AbiError> abi_encode(const std::vector<AbiType>& types,
                                   const std::vector<AbiValue>& values);

} // namespace viz::eth
