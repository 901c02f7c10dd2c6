#include "components/eth/abi_type.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "components/eth/keccak.hpp"

namespace viz::eth {

namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::uint64_t kMaxHeadWords = std::uint64_t{1} << 16;

bool name_begin(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool digit(char c) {
    return c >= '0' && c <= '9';
}

// Digits without a leading zero.
std::optional<std::uint32_t> number(std::string_view digits) {
    if (digits.empty() || digits.front() == '0') return std::nullopt;
    std::uint32_t value = 0;
    const auto end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || at != end) return std::nullopt;
    return value;
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    bool skip(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string_view word() {
        const auto from = at_;
        while (!at_end() && (name_begin(text_[at_]) || (at_ > from && digit(text_[at_])))) ++at_;
        return text_.substr(from, at_ - from);
    }

    // "(T,…)" from behind the opening bracket.
    Result<std::vector<AbiType>, AbiTypeError> members(std::size_t depth) {
        std::vector<AbiType> all;
        if (skip(')')) return all;
        do {
            auto member = type(depth);
            if (!member) return Failure{member.error()};
            all.push_back(std::move(*member));
        } while (skip(','));
        if (!skip(')')) return Failure{AbiTypeError::malformed};
        return all;
    }

    Result<AbiType, AbiTypeError> type(std::size_t depth) {
        if (depth > kMaxDepth) return Failure{AbiTypeError::too_large};
        auto parsed = skip('(') ? tuple(depth) : elementary(word());
        while (parsed && skip('[')) {
            if (++depth > kMaxDepth) return Failure{AbiTypeError::too_large};
            parsed = array_of(std::move(*parsed));
        }
        return parsed;
    }

  private:
    Result<AbiType, AbiTypeError> tuple(std::size_t depth) {
        auto inner = members(depth + 1);
        if (!inner) return Failure{inner.error()};
        AbiType out{.kind = AbiKind::tuple, .size = 0, .inner = std::move(*inner)};
        std::uint64_t words = 0;
        for (const auto& member : out.inner) {
            out.dynamic = out.dynamic || member.dynamic;
            words += member.head_words;
        }
        return sized(std::move(out), words);
    }

    // From behind the opening bracket.
    Result<AbiType, AbiTypeError> array_of(AbiType element) {
        AbiType out{.kind = AbiKind::array, .size = 0};
        out.dynamic = true;
        std::uint64_t words = 1;
        if (!skip(']')) {
            const auto from = at_;
            while (!at_end() && digit(text_[at_])) ++at_;
            const auto length = number(text_.substr(from, at_ - from));
            if (!length || !skip(']')) return Failure{AbiTypeError::malformed};
            out.kind = AbiKind::fixed_array;
            out.size = *length;
            out.dynamic = element.dynamic;
            words = std::uint64_t{*length} * element.head_words;
            if (words > kMaxHeadWords) return Failure{AbiTypeError::too_large};
        }
        out.inner.push_back(std::move(element));
        return sized(std::move(out), words);
    }

    static Result<AbiType, AbiTypeError> sized(AbiType type, std::uint64_t static_words) {
        if (static_words > kMaxHeadWords) return Failure{AbiTypeError::too_large};
        type.head_words = type.dynamic ? 1 : static_cast<std::uint32_t>(static_words);
        return type;
    }

    static Result<AbiType, AbiTypeError> elementary(std::string_view word) {
        if (word.empty()) return Failure{AbiTypeError::malformed};
        if (word == "address") return AbiType{.kind = AbiKind::address, .size = 160};
        if (word == "bool") return AbiType{.kind = AbiKind::boolean, .size = 8};
        if (word == "function") return AbiType{.kind = AbiKind::fixed_bytes, .size = 24};
        if (word == "bytes") return AbiType{.kind = AbiKind::bytes, .size = 0, .dynamic = true};
        if (word == "string") return AbiType{.kind = AbiKind::string, .size = 0, .dynamic = true};
        if (word.starts_with("uint")) return integer(AbiKind::unsigned_integer, word.substr(4));
        if (word.starts_with("int")) return integer(AbiKind::signed_integer, word.substr(3));
        if (word.starts_with("bytes")) {
            const auto size = number(word.substr(5));
            if (size && *size <= 32) return AbiType{.kind = AbiKind::fixed_bytes, .size = *size};
        }
        return Failure{AbiTypeError::unknown_type};
    }

    static Result<AbiType, AbiTypeError> integer(AbiKind kind, std::string_view width) {
        if (width.empty()) return AbiType{.kind = kind, .size = 256};
        const auto bits = number(width);
        if (!bits || *bits > 256 || *bits % 8 != 0) return Failure{AbiTypeError::unknown_type};
        return AbiType{.kind = kind, .size = *bits};
    }

    std::string_view text_;
    std::size_t at_{};
};

void append(std::string& out, const std::vector<AbiType>& members) {
    out += '(';
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i > 0) out += ',';
        out += to_string(members[i]);
    }
    out += ')';
}

} // namespace

std::string_view to_string(AbiTypeError error) {
    switch (error) {
    case AbiTypeError::malformed:
        return "malformed";
    case AbiTypeError::unknown_type:
        return "unknown_type";
    case AbiTypeError::too_large:
        return "too_large";
    }
    return "unknown";
}

Result<AbiType, AbiTypeError> parse_abi_type(std::string_view text) {
    Parser parser(text);
    auto type = parser.type(0);
    if (type && !parser.at_end()) return Failure{AbiTypeError::malformed};
    return type;
}

std::string to_string(const AbiType& type) {
    switch (type.kind) {
    case AbiKind::unsigned_integer:
        return "uint" + std::to_string(type.size);
    case AbiKind::signed_integer:
        return "int" + std::to_string(type.size);
    case AbiKind::address:
        return "address";
    case AbiKind::boolean:
        return "bool";
    case AbiKind::fixed_bytes:
        return "bytes" + std::to_string(type.size);
    case AbiKind::bytes:
        return "bytes";
    case AbiKind::string:
        return "string";
    case AbiKind::fixed_array:
        return to_string(type.inner.front()) + "[" + std::to_string(type.size) + "]";
    case AbiKind::array:
        return to_string(type.inner.front()) + "[]";
    case AbiKind::tuple:
        break;
    }
    std::string out;
    append(out, type.inner);
    return out;
}

std::string AbiSignature::canonical() const {
    std::string out = name;
    append(out, inputs);
    return out;
}

Hash AbiSignature::topic() const {
    const auto text = canonical();
    return keccak256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Selector AbiSignature::selector() const {
    const auto hash = topic();
    Selector selector;
    std::copy_n(hash.bytes.begin(), selector.bytes.size(), selector.bytes.begin());
    return selector;
}

Result<AbiSignature, AbiTypeError> parse_abi_signature(std::string_view text) {
    Parser parser(text);
    AbiSignature signature{.name = std::string(parser.word()), .inputs = {}};
    if (signature.name.empty() || !parser.skip('(')) return Failure{AbiTypeError::malformed};
    auto inputs = parser.members(0);
    if (!inputs) return Failure{inputs.error()};
    if (!parser.at_end()) return Failure{AbiTypeError::malformed};
    signature.inputs = std::move(*inputs);
    return signature;
}

} // namespace viz::eth
