// Reads and writes the words of precompiled contracts.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "components/eth/types.hpp"

namespace viz::evm::precompiles {

using eth::Bytes;
using eth::BytesView;

// The N bytes from `offset`; bytes beyond the input are zero, as in calldata.
template <std::size_t N>
std::array<std::uint8_t, N> read_padded(BytesView input, std::size_t offset) {
    std::array<std::uint8_t, N> out{};
    if (offset < input.size()) {
        const auto part = input.subspan(offset, std::min(N, input.size() - offset));
        std::copy(part.begin(), part.end(), out.begin());
    }
    return out;
}

inline void append(Bytes& output, BytesView part) {
    output.insert(output.end(), part.begin(), part.end());
}

// Base price plus a price per 32-byte word.
inline std::uint64_t linear_gas(std::size_t size, std::uint64_t base, std::uint64_t word) {
    return base + word * ((static_cast<std::uint64_t>(size) + 31) / 32);
}

inline bool all_zero(BytesView bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

} // namespace viz::evm::precompiles
