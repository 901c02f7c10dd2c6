#include "components/evm/revert.hpp"

#include <algorithm>
#include <array>

#include "components/eth/abi.hpp"
#include "components/eth/hex.hpp"

namespace viz::evm {

namespace {

constexpr std::uint32_t kErrorSelector = 0x08c379a0; // Error(string)
constexpr std::uint32_t kPanicSelector = 0x4e487b71; // Panic(uint256)
constexpr std::size_t kSelectorSize = 4;
// Number of bytes shown of output in an unknown form.
constexpr std::size_t kShownBytes = 32;

std::uint32_t selector_of(eth::BytesView output) {
    return static_cast<std::uint32_t>(output[0]) << 24 |
           static_cast<std::uint32_t>(output[1]) << 16 |
           static_cast<std::uint32_t>(output[2]) << 8 | output[3];
}

std::string hex_of(std::uint32_t selector) {
    const std::array bytes{
        static_cast<std::uint8_t>(selector >> 24), static_cast<std::uint8_t>(selector >> 16),
        static_cast<std::uint8_t>(selector >> 8), static_cast<std::uint8_t>(selector)};
    return eth::to_hex(bytes);
}

std::string hex_of_code(const eth::U256& code) {
    return code.fits_u64() ? eth::quantity_hex(code.low_u64()) : eth::to_hex(eth::to_be(code));
}

} // namespace

Revert decode_revert(eth::BytesView output) {
    Revert revert;
    if (output.empty()) return revert;
    revert.kind = Revert::Kind::bytes;
    if (output.size() < kSelectorSize) return revert;
    revert.selector = selector_of(output);
    const eth::AbiReader values(output.subspan(kSelectorSize));
    if (revert.selector == kErrorSelector) {
        if (const auto text = values.bytes(0)) {
            revert.kind = Revert::Kind::error;
            const auto kept = std::min(text->size(), Revert::kMaxText);
            revert.text.assign(text->begin(), text->begin() + static_cast<std::ptrdiff_t>(kept));
        }
    } else if (revert.selector == kPanicSelector) {
        if (const auto code = values.word(0)) {
            revert.kind = Revert::Kind::panic;
            revert.code = *code;
        }
    } else {
        revert.kind = Revert::Kind::custom;
    }
    return revert;
}

// Solidity documentation, "Panic via assert and Error via require".
std::string_view panic_meaning(const eth::U256& code) {
    if (!code.fits_u64()) return {};
    switch (code.low_u64()) {
    case 0x00:
        return "generic";
    case 0x01:
        return "assertion failed";
    case 0x11:
        return "arithmetic overflow";
    case 0x12:
        return "division by zero";
    case 0x21:
        return "no such enum value";
    case 0x22:
        return "badly encoded storage bytes";
    case 0x31:
        return "pop of an empty array";
    case 0x32:
        return "index out of bounds";
    case 0x41:
        return "too much memory";
    case 0x51:
        return "call of an uninitialized function";
    default:
        return {};
    }
}

std::string describe(const Revert& revert, eth::BytesView output) {
    switch (revert.kind) {
    case Revert::Kind::empty:
        break;
    case Revert::Kind::error:
        return "Error: " + revert.text;
    case Revert::Kind::panic: {
        const auto meaning = panic_meaning(revert.code);
        return "Panic " + hex_of_code(revert.code) +
               (meaning.empty() ? std::string() : ": " + std::string(meaning));
    }
    case Revert::Kind::custom:
        return "custom error " + hex_of(revert.selector);
    case Revert::Kind::bytes:
        return eth::to_hex(output.subspan(0, std::min(output.size(), kShownBytes)));
    }
    return "no reason";
}

} // namespace viz::evm
