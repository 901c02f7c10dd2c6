// Why a call was reverted, from the bytes it gave back (Solidity documentation, "Error handling":
// Error(string), Panic(uint256), custom errors).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "components/eth/types.hpp"

namespace viz::evm {

struct Revert {
    enum class Kind : std::uint8_t {
        empty,  // no bytes
        error,  // Error(string): require, revert("...")
        panic,  // Panic(uint256): assert, overflow, ...
        custom, // a contract's own error, by selector
        bytes,  // less than a selector, or an Error or Panic that does not decode
    };
    // Longer texts are cut.
    static constexpr std::size_t kMaxText = 512;

    Kind kind{};
    std::string text;         // of error: as the contract wrote it, not checked to be UTF-8
    eth::U256 code;           // of panic
    std::uint32_t selector{}; // of custom, error and panic

    friend bool operator==(const Revert&, const Revert&) = default;
};

Revert decode_revert(eth::BytesView output);

// What the compiler means by a code of Panic; empty for a code it does not use.
std::string_view panic_meaning(const eth::U256& code);

// One line for people: `Error: UniswapV2: K`, `Panic 0x11: arithmetic overflow`,
// `custom error 0x8baa579f`, `0x00ff`, `no reason`.
std::string describe(const Revert& revert, eth::BytesView output);

} // namespace viz::evm
