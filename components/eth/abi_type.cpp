#include "components/eth/abi_type.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "components/eth/keccak.hpp"

namespace viz::eth {
namespace {

// Parses digits without leading zeros, as in canonical type names.
std::optional<std::uint32_t> number(std::string_view digits) {
    std::uint32_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (digits.empty() || error != std::errc{} || stop != end || digits.front() == '0')
        return std::nullopt;
    return value;
}

std::optional<AbiType> elementary(std::string_view name) {
    if (name == "address") return AbiType{.kind = AbiKind::address};
    if (name == "bool") return AbiType{.kind = AbiKind::boolean};
    if (name == "bytes") return AbiType{.kind = AbiKind::bytes, .dynamic = true};
    if (name == "string") return AbiType{.kind = AbiKind::string, .dynamic = true};
    const auto sized = [&](std::string_view prefix, AbiKind kind, std::uint32_t step,
                           std::uint32_t most) -> std::optional<AbiType> {
        if (!name.starts_with(prefix)) return std::nullopt;
        const auto size = number(name.substr(prefix.size()));
        if (!size || *size > most || *size % step != 0) return std::nullopt;
        return AbiType{.kind = kind, .size = *size};
    };
    if (auto type = sized("uint", AbiKind::unsigned_integer, 8, 256)) return type;
    if (auto type = sized("int", AbiKind::signed_integer, 8, 256)) return type;
    return sized("bytes", AbiKind::fixed_bytes, 1, 32);
}

class TypeParser {
  public:
    explicit TypeParser(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }

    std::optional<AbiType> type(std::size_t depth) {
        if (depth > kMaxAbiDepth) return std::nullopt;
        std::optional<AbiType> base = peek() == '(' ? tuple(depth) : word();
        for (std::size_t nested = depth; base && peek() == '['; ++nested) {
            if (nested == kMaxAbiDepth) return std::nullopt;
            base = array_of(std::move(*base));
        }
        return base;
    }

    std::optional<AbiType> tuple(std::size_t depth) {
        if (!take('(')) return std::nullopt;
        AbiType result{.kind = AbiKind::tuple, .head_words = 0};
        if (take(')')) return result;
        do {
            auto member = type(depth + 1);
            if (!member) return std::nullopt;
            result.dynamic = result.dynamic || member->dynamic;
            result.head_words += member->head_words;
            if (result.head_words > kMaxAbiHeadWords) return std::nullopt;
            result.members.push_back(std::move(*member));
        } while (take(','));
        if (!take(')')) return std::nullopt;
        // A dynamic tuple occupies one offset word in its parent; decoding sums the members itself.
        if (result.dynamic) result.head_words = 1;
        return result;
    }

  private:
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool take(char wanted) {
        if (peek() != wanted) return false;
        ++at_;
        return true;
    }

    std::optional<AbiType> word() {
        const std::size_t end = std::min(text_.find_first_of("[](),", at_), text_.size());
        const auto name = text_.substr(at_, end - at_);
        at_ = end;
        return elementary(name);
    }

    std::optional<AbiType> array_of(AbiType element) {
        take('[');
        const std::size_t end = text_.find(']', at_);
        if (end == std::string_view::npos) return std::nullopt;
        const auto digits = text_.substr(at_, end - at_);
        at_ = end + 1;
        AbiType result{.kind = AbiKind::array, .dynamic = true};
        if (!digits.empty()) {
            const auto length = number(digits);
            if (!length || *length > kMaxAbiHeadWords) return std::nullopt;
            const bool dynamic = element.dynamic;
            const std::size_t words = dynamic ? 1 : *length * element.head_words;
            if (words > kMaxAbiHeadWords) return std::nullopt;
            result = {.kind = AbiKind::fixed_array,
                      .size = *length,
                      .dynamic = dynamic,
                      .head_words = words};
        }
        result.members.push_back(std::move(element));
        return result;
    }

    std::string_view text_;
    std::size_t at_{};
};

bool is_name(std::string_view text) {
    const auto part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '$';
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), part) &&
           (text.front() < '0' || text.front() > '9');
}

} // namespace

std::string_view to_string(AbiError error) {
    switch (error) {
    case AbiError::bad_type:
        return "bad_type";
    case AbiError::bad_signature:
        return "bad_signature";
    case AbiError::truncated:
        return "truncated";
    case AbiError::bad_offset:
        return "bad_offset";
    case AbiError::out_of_range:
        return "out_of_range";
    case AbiError::too_large:
        return "too_large";
    case AbiError::value_mismatch:
        return "value_mismatch";
    }
    return "unknown";
}

Result<AbiType, AbiError> parse_abi_type(std::string_view text) {
    TypeParser parser(text);
    auto type = parser.type(0);
    if (!type || !parser.at_end()) return Failure{AbiError::bad_type};
    return std::move(*type);
}

Result<AbiSignature, AbiError> parse_abi_signature(std::string_view text) {
    const std::size_t open = std::min(text.find('('), text.size());
    if (!is_name(text.substr(0, open))) return Failure{AbiError::bad_signature};
    TypeParser parser(text.substr(open));
    auto parameters = parser.tuple(0);
    if (!parameters || !parser.at_end()) return Failure{AbiError::bad_signature};
    AbiSignature signature{
        .name = text.substr(0, open), .parameters = std::move(*parameters), .selector = {}};
    const Hash hash = keccak256_of(text);
    std::copy_n(hash.bytes.begin(), 4, signature.selector.bytes.begin());
    return signature;
}

} // namespace viz::eth
