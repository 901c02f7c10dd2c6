// Decodes the revert reason from the returned bytes (Solidity documentation, "Error handling":
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
        custom, // a custom error, identified by its selector
        bytes,  // less than a selector, or an Error or Panic that does not decode
    };
    // Longer texts are truncated.
    static constexpr std::size_t kMaxText = 512;

    Kind kind{};
    std::string text;         // for error: raw text from the contract, not checked to be UTF-8
    eth::U256 code;           // for panic
    std::uint32_t selector{}; // for custom, error and panic

    friend bool operator==(const Revert&, const Revert&) = default;
};

Revert decode_revert(eth::BytesView output);

// The meaning of a Panic code defined by the Solidity compiler; empty for other codes.
std::string_view panic_meaning(const eth::U256& code);

// A one-line description: `Error: UniswapV2: K`, `Panic 0x11: arithmetic overflow`, `custom error
// 0x8baa579f`, `0x00ff`, `no reason`.
std::string describe(const Revert& revert, eth::BytesView output);

} // namespace viz::evm
