#include "components/eth/hex.hpp"

#include <algorithm>
#include <array>

namespace viz::eth {

namespace {

constexpr std::uint8_t kNotADigit = 0xff;

constexpr auto kDigitValue = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(kNotADigit);
    for (std::uint8_t i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = i;
    for (std::uint8_t i = 0; i < 6; ++i) {
        table[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
        table[static_cast<std::size_t>('A' + i)] = static_cast<std::uint8_t>(10 + i);
    }
    return table;
}();

std::uint8_t digit(char c) {
    return kDigitValue[static_cast<std::uint8_t>(c)];
}

std::optional<std::string_view> without_prefix(std::string_view hex) {
    if (hex.size() < 2 || hex[0] != '0' || (hex[1] != 'x' && hex[1] != 'X')) return std::nullopt;
    return hex.substr(2);
}

// `digits` has exactly two digits for each byte of `out`.
bool decode_digits(std::string_view digits, std::uint8_t* out) {
    std::uint8_t bad = 0;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto high = digit(digits[i]);
        const auto low = digit(digits[i + 1]);
        bad = static_cast<std::uint8_t>(bad | ((high | low) & 0xf0));
        out[i / 2] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return bad == 0;
}

template <class T> std::optional<T> fixed(std::string_view hex) {
    T value;
    return fixed_from_hex(hex, value.bytes) ? std::optional(value) : std::nullopt;
}

} // namespace

void append_hex(std::string& out, BytesView bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    out += "0x";
    for (const auto byte : bytes) {
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
}

std::string to_hex(BytesView bytes) {
    std::string out;
    out.reserve(2 + 2 * bytes.size());
    append_hex(out, bytes);
    return out;
}

std::optional<Bytes> bytes_from_hex(std::string_view hex) {
    const auto digits = without_prefix(hex);
    if (!digits || digits->size() % 2 != 0) return std::nullopt;
    Bytes bytes(digits->size() / 2);
    return decode_digits(*digits, bytes.data()) ? std::optional(std::move(bytes)) : std::nullopt;
}

bool fixed_from_hex(std::string_view hex, std::span<std::uint8_t> out) {
    const auto digits = without_prefix(hex);
    return digits && digits->size() == 2 * out.size() && decode_digits(*digits, out.data());
}

std::optional<Hash> hash_from_hex(std::string_view hex) {
    return fixed<Hash>(hex);
}
std::optional<Address> address_from_hex(std::string_view hex) {
    return fixed<Address>(hex);
}

std::optional<U256> u256_from_hex(std::string_view quantity) {
    auto digits = without_prefix(quantity);
    if (!digits || digits->empty()) return std::nullopt;
    digits->remove_prefix(std::min(digits->find_first_not_of('0'), digits->size()));
    if (digits->size() > 64) return std::nullopt;
    U256 value;
    for (std::size_t i = 0; i < digits->size(); ++i) {
        const std::size_t from_low = digits->size() - 1 - i;
        const auto nibble = digit((*digits)[i]);
        if (nibble == kNotADigit) return std::nullopt;
        value.limbs[from_low / 16] |= static_cast<std::uint64_t>(nibble) << (4 * (from_low % 16));
    }
    return value;
}

std::optional<std::uint64_t> u64_from_hex(std::string_view quantity) {
    const auto value = u256_from_hex(quantity);
    return value && value->fits_u64() ? std::optional(value->low_u64()) : std::nullopt;
}

std::string quantity_hex(std::uint64_t v) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string digits;
    do {
        digits.insert(digits.begin(), kDigits[v & 15]);
        v >>= 4;
    } while (v != 0);
    return "0x" + digits;
}

} // namespace viz::eth
