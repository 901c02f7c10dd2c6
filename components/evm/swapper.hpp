// A small helper contract that swaps directly at pools. Search and simulation install it in the
// state as "the searcher", so that its swaps run the pools' real code. It computes the output of a
// V2 pair from the amount that the pair received, so that a fee-on-transfer token reduces the
// output instead of failing the swap.
#pragma once

#include <span>

#include "components/evm/overlay.hpp"

namespace viz::evm {

enum class PoolKind : std::uint8_t { v2, v3 };

// As an input amount: the swapper's whole balance of the token.
inline constexpr eth::U256 kEverything = eth::U256() - eth::U256(1);

struct SwapLeg {
    PoolKind kind{};
    eth::Address pool;
    eth::Address token_in;
    eth::Address token_out;
    bool zero_for_one{};
    // V2 only: the fee factor's numerator, as in 997/1000. Not zero.
    std::uint16_t fee_numerator{997};
    std::uint16_t fee_denominator{1000};
    eth::U256 amount_in;
    friend bool operator==(const SwapLeg&, const SwapLeg&) = default;
};

// The code at the swapper's address. It has no access control: any caller can spend its balance, so
// use it only in simulated states. Commented source: swapper.cpp.
eth::BytesView swapper_code();

// Sets the account's code. Journaled like any change.
void install_swapper(Overlay& state, const eth::Address& at);

// Calldata for a sequence of legs. The first leg that fails reverts all of them, with its reason.
eth::Bytes swapper_call(std::span<const SwapLeg> legs);

} // namespace viz::evm
