// A small contract of our own that swaps at pools directly: what search and simulation put into
// the state as "the searcher", so that its swaps run through the pools' own code. It computes what
// a V2 pair owes from what the pair received, so that a token which takes a fee of transfers
// costs what it costs and does not fail for that alone.
#pragma once

#include <span>

#include "components/evm/overlay.hpp"

namespace viz::evm {

enum class PoolKind : std::uint8_t { v2, v3 };

// In: everything the swapper has of the token then.
inline constexpr eth::U256 kEverything = eth::U256() - eth::U256(1);

struct SwapLeg {
    PoolKind kind{};
    eth::Address pool;
    eth::Address token_in;
    eth::Address token_out;
    bool zero_for_one{};
    // Of V2: the part of the input that counts, as in 997/1000. Not zero.
    std::uint16_t fee_numerator{997};
    std::uint16_t fee_denominator{1000};
    eth::U256 amount_in;
    friend bool operator==(const SwapLeg&, const SwapLeg&) = default;
};

// The code at the swapper's address. Whoever calls it spends what it holds: it is for simulated
// states alone. Source with comments: swapper.cpp.
eth::BytesView swapper_code();

// Puts the code there. Journaled like any change.
void install_swapper(Overlay& state, const eth::Address& at);

// Calldata for legs one after the other. The first that fails reverts all of them, with its reason.
eth::Bytes swapper_call(std::span<const SwapLeg> legs);

} // namespace viz::evm
