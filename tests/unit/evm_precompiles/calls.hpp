// Calls of precompiled contracts by number, with inputs and outputs as hex.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "components/eth/hex.hpp"
#include "components/evm/precompile.hpp"

namespace viz::test {

inline eth::Address contract_address(std::uint16_t number) {
    eth::Address address;
    address.bytes[18] = static_cast<std::uint8_t>(number >> 8);
    address.bytes[19] = static_cast<std::uint8_t>(number);
    return address;
}

inline const evm::Precompile& contract(std::uint16_t number, evm::Fork fork = evm::Fork::osaka) {
    const auto* found = evm::find_precompile(contract_address(number), fork);
    if (found == nullptr) throw std::runtime_error("no such contract");
    return *found;
}

// Digits without a prefix.
inline eth::Bytes bytes(const std::string& digits) {
    return eth::bytes_from_hex("0x" + digits).value();
}

// A number as a word of 64 digits, or of `digits` digits.
inline std::string word(std::uint64_t v, std::size_t digits = 64) {
    auto text = eth::quantity_hex(v).substr(2);
    return std::string(digits - text.size(), '0') + text;
}

inline std::uint64_t price(std::uint16_t number, const eth::Bytes& input,
                           evm::Fork fork = evm::Fork::osaka) {
    return contract(number, fork).gas(input, fork);
}

// Nothing for a failed call.
inline std::optional<eth::Bytes> run(std::uint16_t number, const eth::Bytes& input,
                                     evm::Fork fork = evm::Fork::osaka) {
    eth::Bytes output;
    if (!contract(number, fork).run(input, fork, output)) return std::nullopt;
    return output;
}

// The output's digits; "failed" for a failed call.
inline std::string call(std::uint16_t number, const std::string& digits,
                        evm::Fork fork = evm::Fork::osaka) {
    const auto output = run(number, bytes(digits), fork);
    return output ? eth::to_hex(*output).substr(2) : "failed";
}

} // namespace viz::test
