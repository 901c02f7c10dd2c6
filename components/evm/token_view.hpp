// Asking contracts in a state for what they say, without leaving a trace: view calls, balances of
// ERC-20 tokens, and where a token keeps them, so that a simulated account can be given some.
#pragma once

#include <optional>

#include "components/evm/machine.hpp"

namespace viz::evm {

// More than any honest getter takes; a token that burns it is not one to trade.
inline constexpr std::int64_t kViewGas = 1'000'000;

// What a call without value gives back; nothing if it fails or is not answered by code, and once
// the machine's guard is interrupted: what is learned then must not be kept. The state afterwards
// is as before, but for what was read of it.
std::optional<eth::Bytes> view_call(Machine& machine, const eth::Address& to, eth::BytesView input,
                                    std::int64_t gas = kViewGas);
// The first word of what a getter without arguments gives back.
std::optional<U256> view_word(Machine& machine, const eth::Address& to, std::uint32_t selector);
std::optional<eth::Address> view_address(Machine& machine, const eth::Address& to,
                                         std::uint32_t selector);

// ERC-20 balanceOf(holder).
std::optional<U256> token_balance(Machine& machine, const eth::Address& token,
                                  const eth::Address& holder);

// Which slot holds a holder's balance: the one that balanceOf reads and repeats. Found by trial,
// so that layouts and proxies need no list; nothing for tokens that compute their balances.
struct BalanceSlot {
    eth::Address account; // the token, or the contract that keeps its storage
    U256 key;
};
std::optional<BalanceSlot> find_balance_slot(Machine& machine, const eth::Address& token,
                                             const eth::Address& holder);

// Sets the holder's balance of the token, journaled like any change. False where it cannot be
// found out how.
bool give_token(Machine& machine, const eth::Address& token, const eth::Address& holder,
                const U256& amount);

} // namespace viz::evm
