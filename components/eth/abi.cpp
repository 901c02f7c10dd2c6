#include "components/eth/abi.hpp"

#include <algorithm>
#include <optional>

#include "components/eth/u256_math.hpp"

namespace viz::eth {

namespace {

constexpr std::size_t kWord = 32;

bool is_list(AbiKind kind) {
    return kind == AbiKind::fixed_array || kind == AbiKind::array || kind == AbiKind::tuple;
}

// Whether no bit outside the type is set.
bool clean(const AbiType& type, const U256& value) {
    switch (type.kind) {
    case AbiKind::unsigned_integer:
    case AbiKind::address:
        return byte_length(value) * 8 <= type.size;
    case AbiKind::boolean:
        return value <= U256(1);
    case AbiKind::signed_integer: {
        // All bits from the sign's on are alike.
        const auto top = shift_right_signed(value, U256(type.size - 1));
        return top == U256() || top == ~U256();
    }
    default:
        return false;
    }
}

bool all_zero(BytesView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

class Decoder {
  public:
    Decoder(BytesView data, std::size_t values) : data_(data), left_(values) {}

    // The members' head begins at `base`; offsets in it count from there.
    template <class TypeOf>
    Result<AbiValue::List, AbiError> sequence(TypeOf type_of, std::size_t count, std::size_t base) {
        if (count > left_) return Failure{AbiError::limit_exceeded};
        left_ -= count;
        AbiValue::List out;
        out.reserve(count);
        std::size_t head = base;
        for (std::size_t i = 0; i < count; ++i) {
            const AbiType& type = type_of(i);
            auto at = std::optional(head);
            if (type.dynamic) {
                const auto offset = word(head);
                if (!offset) return Failure{AbiError::truncated};
                at = place(base, *offset);
                if (!at) return Failure{AbiError::bad_offset};
            }
            auto decoded = value(type, *at);
            if (!decoded) return Failure{decoded.error()};
            out.push_back(std::move(*decoded));
            head += type.head_words * kWord;
        }
        return out;
    }

  private:
    Result<AbiValue, AbiError> value(const AbiType& type, std::size_t at) {
        switch (type.kind) {
        case AbiKind::bytes:
        case AbiKind::string: {
            const auto length = word(at);
            if (!length || !fits(at + kWord, *length)) return Failure{AbiError::truncated};
            return AbiValue{data_.subspan(at + kWord, length->low_u64())};
        }
        case AbiKind::array: {
            const auto length = word(at);
            if (!length) return Failure{AbiError::truncated};
            // At least a word an element, but for elements of no size.
            if (!length->fits_u64()) return Failure{AbiError::limit_exceeded};
            return list(sequence([&](std::size_t) -> const AbiType& { return type.inner.front(); },
                                 length->low_u64(), at + kWord));
        }
        case AbiKind::fixed_array:
            return list(sequence([&](std::size_t) -> const AbiType& { return type.inner.front(); },
                                 type.size, at));
        case AbiKind::tuple:
            return list(sequence([&](std::size_t i) -> const AbiType& { return type.inner[i]; },
                                 type.inner.size(), at));
        default:
            return elementary(type, at);
        }
    }

    Result<AbiValue, AbiError> elementary(const AbiType& type, std::size_t at) const {
        const auto found = word(at);
        if (!found) return Failure{AbiError::truncated};
        if (type.kind == AbiKind::fixed_bytes) {
            const auto bytes = data_.subspan(at, kWord);
            if (!all_zero(bytes.subspan(type.size))) return Failure{AbiError::dirty_value};
            return AbiValue{bytes.first(type.size)};
        }
        if (!clean(type, *found)) return Failure{AbiError::dirty_value};
        return AbiValue{*found};
    }

    static Result<AbiValue, AbiError> list(Result<AbiValue::List, AbiError> members) {
        if (!members) return Failure{members.error()};
        return AbiValue{std::move(*members)};
    }

    // Nothing where the data ends before it does.
    std::optional<U256> word(std::size_t at) const {
        if (!fits(at, U256(kWord))) return std::nullopt;
        return from_be(data_.subspan(at, kWord));
    }
    bool fits(std::size_t at, const U256& length) const {
        return at <= data_.size() && length.fits_u64() && length.low_u64() <= data_.size() - at;
    }
    std::optional<std::size_t> place(std::size_t base, const U256& offset) const {
        if (!fits(base, offset)) return std::nullopt;
        return base + offset.low_u64();
    }

    BytesView data_;
    std::size_t left_;
};

class Encoder {
  public:
    explicit Encoder(Bytes& out) : out_(out) {}

    template <class TypeOf> bool sequence(TypeOf type_of, const AbiValue::List& values) {
        const auto base = out_.size();
        std::size_t head = base;
        for (std::size_t i = 0; i < values.size(); ++i) head += type_of(i).head_words * kWord;
        const auto head_size = head - base;
        // Heads first, each dynamic one an offset to be filled in.
        out_.resize(base + head_size);
        head = base;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const AbiType& type = type_of(i);
            if (type.dynamic) {
                put(head, U256(out_.size() - base));
                if (!tail(type, values[i])) return false;
            } else if (!place(type, values[i], head)) {
                return false;
            }
            head += type.head_words * kWord;
        }
        return true;
    }

  private:
    // Appends the content of a dynamic type.
    bool tail(const AbiType& type, const AbiValue& value) {
        if (type.kind == AbiKind::bytes || type.kind == AbiKind::string) {
            const auto* bytes = std::get_if<BytesView>(&value.data);
            if (bytes == nullptr) return false;
            append(U256(bytes->size()));
            out_.insert(out_.end(), bytes->begin(), bytes->end());
            out_.resize(out_.size() + (kWord - bytes->size() % kWord) % kWord);
            return true;
        }
        const auto* members = std::get_if<AbiValue::List>(&value.data);
        if (members == nullptr || !right_count(type, members->size())) return false;
        if (type.kind == AbiKind::array) append(U256(members->size()));
        return sequence(
            [&](std::size_t i) -> const AbiType& {
                return type.kind == AbiKind::tuple ? type.inner[i] : type.inner.front();
            },
            *members);
    }

    // Writes a static value into the head, which has its room already.
    bool place(const AbiType& type, const AbiValue& value, std::size_t at) {
        if (is_list(type.kind)) {
            const auto* members = std::get_if<AbiValue::List>(&value.data);
            if (members == nullptr || !right_count(type, members->size())) return false;
            for (std::size_t i = 0; i < members->size(); ++i) {
                const auto& inner =
                    type.kind == AbiKind::tuple ? type.inner[i] : type.inner.front();
                if (!place(inner, (*members)[i], at)) return false;
                at += inner.head_words * kWord;
            }
            return true;
        }
        if (type.kind == AbiKind::fixed_bytes) {
            const auto* bytes = std::get_if<BytesView>(&value.data);
            if (bytes == nullptr || bytes->size() != type.size) return false;
            std::ranges::copy(*bytes, out_.begin() + static_cast<std::ptrdiff_t>(at));
            return true;
        }
        const auto* number = std::get_if<U256>(&value.data);
        if (number == nullptr || !clean(type, *number)) return false;
        put(at, *number);
        return true;
    }

    static bool right_count(const AbiType& type, std::size_t count) {
        if (type.kind == AbiKind::tuple) return count == type.inner.size();
        return type.kind == AbiKind::array || count == type.size;
    }
    void put(std::size_t at, const U256& word) {
        std::ranges::copy(to_be(word), out_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    void append(const U256& word) {
        const auto bytes = to_be(word);
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }

    Bytes& out_;
};

} // namespace

std::string_view to_string(AbiError error) {
    switch (error) {
    case AbiError::truncated:
        return "truncated";
    case AbiError::bad_offset:
        return "bad_offset";
    case AbiError::dirty_value:
        return "dirty_value";
    case AbiError::limit_exceeded:
        return "limit_exceeded";
    case AbiError::wrong_shape:
        return "wrong_shape";
    }
    return "unknown";
}

Address AbiValue::address() const {
    const auto bytes = to_be(number());
    Address out;
    std::copy_n(bytes.begin() + 12, out.bytes.size(), out.bytes.begin());
    return out;
}

AbiValue AbiValue::of(const Address& address) {
    return {from_be(address.view())};
}

Result<std::vector<AbiValue>, AbiError> abi_decode(const std::vector<AbiType>& types,
                                                   BytesView data, const AbiLimits& limits) {
    return Decoder(data, limits.values)
        .sequence([&](std::size_t i) -> const AbiType& { return types[i]; }, types.size(), 0);
}

Result<Bytes, AbiError> abi_encode(const std::vector<AbiType>& types,
                                   const std::vector<AbiValue>& values) {
    Bytes out;
    if (values.size() != types.size() ||
        !Encoder(out).sequence([&](std::size_t i) -> const AbiType& { return types[i]; }, values))
        return Failure{AbiError::wrong_shape};
    return out;
}

} // namespace viz::eth
