#include "components/eth/abi.hpp"

#include <algorithm>

namespace viz::eth {
namespace {

using Done = std::optional<AbiError>; // nullopt: success

std::size_t padded(std::size_t length) {
    return (length + kAbiWord - 1) / kAbiWord * kAbiWord;
}

// Whether no bits are set outside the type.
bool in_range(const AbiType& type, const U256& word) {
    const auto bytes = to_be(word);
    const auto all = [&](std::size_t from, std::size_t to, std::uint8_t wanted) {
        return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                           bytes.begin() + static_cast<std::ptrdiff_t>(to),
                           [&](std::uint8_t b) { return b == wanted; });
    };
    switch (type.kind) {
    case AbiKind::unsigned_integer:
        return all(0, kAbiWord - type.size / 8, 0);
    case AbiKind::signed_integer: {
        const std::size_t first = kAbiWord - type.size / 8;
        return all(0, first, (bytes.at(first) & 0x80U) != 0 ? 0xff : 0);
    }
    case AbiKind::address:
        return all(0, 12, 0);
    case AbiKind::boolean:
        return all(0, 31, 0) && bytes[31] <= 1;
    case AbiKind::fixed_bytes:
        return all(type.size, kAbiWord, 0);
    default:
        return false;
    }
}

bool is_list(const AbiType& type) {
    return type.kind == AbiKind::tuple || type.kind == AbiKind::array ||
           type.kind == AbiKind::fixed_array;
}

const AbiType& member_type(const AbiType& type, std::size_t index) {
    return type.kind == AbiKind::tuple ? type.members[index] : type.members.front();
}

class Decoder {
  public:
    // `head` is where the value's head begins in `scope`; offsets count from the start of `scope`.
    Done value(const AbiType& type, BytesView scope, std::size_t head, AbiValue& out) {
        if (++values_ > kMaxAbiValues) return AbiError::too_large;
        if (!type.dynamic) return inline_value(type, scope, head, out);
        const auto offset = length_at(scope, head);
        if (!offset) return AbiError::truncated;
        if (*offset > scope.size()) return AbiError::bad_offset;
        return dynamic_value(type, scope.subspan(*offset), out);
    }

    // `body` is the encoding that the value's offset points to.
    Done dynamic_value(const AbiType& type, BytesView body, AbiValue& out) {
        if (type.kind == AbiKind::tuple) return list(type, type.members.size(), body, 0, out);
        if (type.kind == AbiKind::fixed_array) return list(type, type.size, body, 0, out);
        const auto length = length_at(body, 0);
        if (!length) return AbiError::truncated;
        const BytesView rest = body.subspan(kAbiWord);
        if (type.kind == AbiKind::array) {
            if (*length > kMaxAbiValues) return AbiError::too_large;
            return list(type, *length, rest, 0, out);
        }
        if (*length > rest.size()) return AbiError::truncated;
        out.bytes.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(*length));
        return std::nullopt;
    }

    Done inline_value(const AbiType& type, BytesView scope, std::size_t head, AbiValue& out) {
        if (type.kind == AbiKind::tuple) return list(type, type.members.size(), scope, head, out);
        if (type.kind == AbiKind::fixed_array) return list(type, type.size, scope, head, out);
        if (head > scope.size() || scope.size() - head < kAbiWord) return AbiError::truncated;
        const BytesView bytes = scope.subspan(head, kAbiWord);
        const U256 word = from_be(bytes);
        if (!in_range(type, word)) return AbiError::out_of_range;
        if (type.kind == AbiKind::fixed_bytes)
            out.bytes.assign(bytes.begin(), bytes.begin() + type.size);
        else
            out.word = word;
        return std::nullopt;
    }

  private:
    // Returns nullopt when there is no word, or when the length cannot fit in memory.
    static std::optional<std::size_t> length_at(BytesView scope, std::size_t at) {
        if (at > scope.size() || scope.size() - at < kAbiWord) return std::nullopt;
        const U256 word = from_be(scope.subspan(at, kAbiWord));
        if (!word.fits_u64()) return SIZE_MAX;
        return word.low_u64();
    }

    Done list(const AbiType& type, std::size_t length, BytesView scope, std::size_t head,
              AbiValue& out) {
        // Elements without a head (empty tuples) are the only ones that consume no input.
        for (std::size_t i = 0; i < length; ++i) {
            const AbiType& element = member_type(type, i);
            AbiValue member;
            if (const Done failed = value(element, scope, head, member)) return failed;
            out.members.push_back(std::move(member));
            head += element.head_words * kAbiWord;
        }
        return std::nullopt;
    }

    std::size_t values_{};
};

void append_word(Bytes& out, const U256& word) {
    const auto bytes = to_be(word);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

Done encode(const AbiType& type, const AbiValue& value, Bytes& out);

Done encode_list(const AbiType& type, const AbiValue& value, Bytes& out) {
    std::size_t heads = 0;
    for (std::size_t i = 0; i < value.members.size(); ++i)
        heads += member_type(type, i).head_words * kAbiWord;
    Bytes tails;
    for (std::size_t i = 0; i < value.members.size(); ++i) {
        const AbiType& element = member_type(type, i);
        if (element.dynamic) append_word(out, heads + tails.size());
        if (const Done failed = encode(element, value.members[i], element.dynamic ? tails : out))
            return failed;
    }
    out.insert(out.end(), tails.begin(), tails.end());
    return std::nullopt;
}

Done encode(const AbiType& type, const AbiValue& value, Bytes& out) {
    if (is_list(type)) {
        const std::size_t wanted = type.kind == AbiKind::tuple         ? type.members.size()
                                   : type.kind == AbiKind::fixed_array ? type.size
                                                                       : value.members.size();
        if (value.members.size() != wanted) return AbiError::value_mismatch;
        if (type.kind == AbiKind::array) append_word(out, value.members.size());
        return encode_list(type, value, out);
    }
    if (type.kind == AbiKind::bytes || type.kind == AbiKind::string) {
        append_word(out, value.bytes.size());
        const std::size_t end = out.size() + padded(value.bytes.size());
        out.insert(out.end(), value.bytes.begin(), value.bytes.end());
        out.resize(end);
        return std::nullopt;
    }
    if (type.kind == AbiKind::fixed_bytes) {
        if (value.bytes.size() != type.size) return AbiError::value_mismatch;
        out.insert(out.end(), value.bytes.begin(), value.bytes.end());
        out.resize(out.size() + kAbiWord - type.size);
        return std::nullopt;
    }
    if (!in_range(type, value.word)) return AbiError::value_mismatch;
    append_word(out, value.word);
    return std::nullopt;
}

} // namespace

std::optional<U256> AbiReader::word(std::size_t slot) const {
    if (slot >= data_.size() / kAbiWord) return std::nullopt;
    return from_be(data_.subspan(slot * kAbiWord, kAbiWord));
}

std::optional<std::uint64_t> AbiReader::u64(std::size_t slot) const {
    const auto value = word(slot);
    if (!value || !value->fits_u64()) return std::nullopt;
    return value->low_u64();
}

std::optional<Address> AbiReader::address(std::size_t slot) const {
    if (slot >= data_.size() / kAbiWord) return std::nullopt;
    const BytesView bytes = data_.subspan(slot * kAbiWord, kAbiWord);
    if (std::any_of(bytes.begin(), bytes.begin() + 12, [](auto b) { return b != 0; }))
        return std::nullopt;
    Address address;
    std::copy(bytes.begin() + 12, bytes.end(), address.bytes.begin());
    return address;
}

std::optional<bool> AbiReader::boolean(std::size_t slot) const {
    const auto value = u64(slot);
    if (!value || *value > 1) return std::nullopt;
    return *value == 1;
}

std::optional<AbiReader> AbiReader::tuple(std::size_t slot) const {
    const auto offset = u64(slot);
    if (!offset || *offset > data_.size()) return std::nullopt;
    return AbiReader(data_.subspan(*offset));
}

std::optional<BytesView> AbiReader::bytes(std::size_t slot) const {
    const auto body = tuple(slot);
    if (!body) return std::nullopt;
    const auto length = body->u64(0);
    if (!length || *length > body->data_.size() - kAbiWord) return std::nullopt;
    return body->data_.subspan(kAbiWord, *length);
}

std::optional<AbiReader::Array> AbiReader::array(std::size_t slot, std::size_t words,
                                                 std::size_t limit) const {
    const auto body = tuple(slot);
    if (!body) return std::nullopt;
    const auto length = body->u64(0);
    if (!length || *length > limit) return std::nullopt;
    const BytesView rest = body->data_.subspan(kAbiWord);
    if (*length > rest.size() / (words * kAbiWord)) return std::nullopt;
    return Array{.elements = AbiReader(rest), .length = *length};
}

Result<AbiValue, AbiError> decode_abi(const AbiType& type, BytesView data) {
    AbiValue value;
    Decoder decoder;
    const Done failed = type.dynamic ? decoder.dynamic_value(type, data, value)
                                     : decoder.inline_value(type, data, 0, value);
    if (failed) return Failure{*failed};
    return value;
}

Result<Bytes, AbiError> encode_abi(const AbiType& type, const AbiValue& value) {
    Bytes out;
    if (const Done failed = encode(type, value, out)) return Failure{*failed};
    return out;
}

} // namespace viz::eth
