#include "components/eth/rlp.hpp"

#include <algorithm>
#include <array>

namespace viz::eth {

namespace {

constexpr std::uint8_t kStringBase = 0x80;
constexpr std::uint8_t kListBase = 0xc0;
constexpr std::size_t kShortMax = 55; // longer payloads need separate length bytes

// Payload length, where the prefix states that the length takes `size_bytes` bytes.
Result<std::size_t, RlpError> long_length(BytesView bytes, std::size_t size_bytes) {
    if (bytes.size() < 1 + size_bytes) return Failure{RlpError::truncated};
    if (bytes[1] == 0) return Failure{RlpError::non_canonical};
    if (size_bytes > sizeof(std::size_t)) return Failure{RlpError::truncated};
    std::size_t length = 0;
    for (std::size_t i = 1; i <= size_bytes; ++i) length = length << 8 | bytes[i];
    if (length <= kShortMax) return Failure{RlpError::non_canonical};
    return length;
}

std::optional<RlpError> check_items(BytesView bytes, unsigned depth_left) {
    RlpReader reader(bytes);
    while (!reader.at_end()) {
        const auto item = reader.next();
        if (!item) return item.error();
        if (!item->is_list) continue;
        if (depth_left == 0) return RlpError::bad_length;
        if (const auto error = check_items(item->payload, depth_left - 1)) return error;
    }
    return std::nullopt;
}

} // namespace

std::string_view to_string(RlpError error) {
    switch (error) {
    case RlpError::truncated:
        return "rlp_truncated";
    case RlpError::non_canonical:
        return "rlp_non_canonical";
    case RlpError::not_a_string:
        return "rlp_not_a_string";
    case RlpError::not_a_list:
        return "rlp_not_a_list";
    case RlpError::bad_length:
        return "rlp_bad_length";
    case RlpError::trailing:
        return "rlp_trailing_bytes";
    }
    return "rlp_unknown";
}

Result<RlpItem, RlpError> RlpReader::next() {
    if (rest_.empty()) return Failure{RlpError::truncated};
    const std::uint8_t prefix = rest_[0];
    const bool is_list = prefix >= kListBase;
    const std::uint8_t base = is_list ? kListBase : kStringBase;
    std::size_t header = 1;
    std::size_t length = 0;
    if (prefix < kStringBase) {
        header = 0;
        length = 1;
    } else if (prefix <= base + kShortMax) {
        length = static_cast<std::size_t>(prefix - base);
    } else {
        const auto size_bytes = static_cast<std::size_t>(prefix - base) - kShortMax;
        const auto parsed = long_length(rest_, size_bytes);
        if (!parsed) return Failure{parsed.error()};
        header = 1 + size_bytes;
        length = *parsed;
    }
    if (rest_.size() - header < length) return Failure{RlpError::truncated};
    const auto payload = rest_.subspan(header, length);
    // A single byte below 0x80 is its own encoding.
    if (!is_list && header == 1 && length == 1 && payload[0] < kStringBase)
        return Failure{RlpError::non_canonical};
    const RlpItem item{
        .is_list = is_list, .payload = payload, .encoded = rest_.first(header + length)};
    rest_ = rest_.subspan(header + length);
    return item;
}

Result<BytesView, RlpError> RlpReader::next_string() {
    const auto before = rest_;
    const auto item = next();
    if (!item) return Failure{item.error()};
    if (!item->is_list) return item->payload;
    rest_ = before;
    return Failure{RlpError::not_a_string};
}

Result<RlpReader, RlpError> RlpReader::next_list() {
    const auto before = rest_;
    const auto item = next();
    if (!item) return Failure{item.error()};
    if (item->is_list) return RlpReader(item->payload);
    rest_ = before;
    return Failure{RlpError::not_a_list};
}

Result<U256, RlpError> RlpReader::next_u256(std::size_t max_bytes) {
    const auto before = rest_;
    const auto bytes = next_string();
    if (!bytes) return Failure{bytes.error()};
    if (bytes->size() <= max_bytes && (bytes->empty() || (*bytes)[0] != 0)) return from_be(*bytes);
    rest_ = before;
    return Failure{bytes->size() > max_bytes ? RlpError::bad_length : RlpError::non_canonical};
}

Result<std::uint64_t, RlpError> RlpReader::next_u64() {
    const auto value = next_u256(8);
    if (!value) return Failure{value.error()};
    return value->low_u64();
}

std::optional<RlpError> RlpReader::next_fixed(std::span<std::uint8_t> out) {
    const auto before = rest_;
    const auto bytes = next_string();
    if (!bytes) return bytes.error();
    if (bytes->size() != out.size()) {
        rest_ = before;
        return RlpError::bad_length;
    }
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return std::nullopt;
}

std::optional<RlpError> check_rlp(BytesView bytes, unsigned max_depth) {
    RlpReader reader(bytes);
    const auto item = reader.next();
    if (!item) return item.error();
    if (!reader.at_end()) return RlpError::trailing;
    return item->is_list ? check_items(item->payload, max_depth) : std::nullopt;
}

namespace {

struct Prefix {
    std::array<std::uint8_t, 9> bytes;
    std::size_t size;
};

Prefix make_prefix(std::uint8_t base, std::size_t length) {
    Prefix prefix{};
    if (length <= kShortMax) {
        prefix.bytes[0] = static_cast<std::uint8_t>(base + length);
        prefix.size = 1;
        return prefix;
    }
    const auto size_bytes = byte_length(U256(length));
    prefix.bytes[0] = static_cast<std::uint8_t>(base + kShortMax + size_bytes);
    for (std::size_t i = 0; i < size_bytes; ++i)
        prefix.bytes[size_bytes - i] = static_cast<std::uint8_t>(length >> (8 * i));
    prefix.size = 1 + size_bytes;
    return prefix;
}

} // namespace

void RlpWriter::string(BytesView bytes) {
    if (!(bytes.size() == 1 && bytes[0] < kStringBase)) {
        const auto prefix = make_prefix(kStringBase, bytes.size());
        out_.insert(out_.end(), prefix.bytes.begin(),
                    prefix.bytes.begin() + static_cast<std::ptrdiff_t>(prefix.size));
    }
    out_.insert(out_.end(), bytes.begin(), bytes.end());
}

void RlpWriter::integer(const U256& value) {
    const auto bytes = to_be(value);
    string(BytesView(bytes).last(byte_length(value)));
}

void RlpWriter::raw(BytesView encoded) {
    out_.insert(out_.end(), encoded.begin(), encoded.end());
}

void RlpWriter::close_list(std::size_t mark) {
    const auto prefix = make_prefix(kListBase, out_.size() - mark);
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(mark), prefix.bytes.begin(),
                prefix.bytes.begin() + static_cast<std::ptrdiff_t>(prefix.size));
}

} // namespace viz::eth
