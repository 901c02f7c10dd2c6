// Read-only queries of contracts in a simulated state: view calls, ERC-20 balances, and the slot
// where a token stores a balance, so that a simulated account can be funded.
#pragma once

#include <optional>

#include "components/evm/machine.hpp"

namespace viz::evm {

// More than any legitimate getter uses; a token that exceeds it is not tradable.
inline constexpr std::int64_t kViewGas = 1'000'000;

// Returns the output of a call without value; nullopt when it fails, the target has no code, or the
// machine's guard is interrupted (the result must then not be cached). The state is restored
// afterwards, except for the recorded reads.
std::optional<eth::Bytes> view_call(Machine& machine, const eth::Address& to, eth::BytesView input,
                                    std::int64_t gas = kViewGas);
// The first word of the output of a getter without arguments.
std::optional<U256> view_word(Machine& machine, const eth::Address& to, std::uint32_t selector);
std::optional<eth::Address> view_address(Machine& machine, const eth::Address& to,
                                         std::uint32_t selector);

// ERC-20 balanceOf(holder).
std::optional<U256> token_balance(Machine& machine, const eth::Address& token,
                                  const eth::Address& holder);

// The slot that holds a holder's balance: the one that balanceOf reads and returns. Found by trial,
// so no list of layouts and proxies is needed; nullopt for tokens that compute balances.
struct BalanceSlot {
    eth::Address account; // the token, or the contract that holds its storage
    U256 key;
};
std::optional<BalanceSlot> find_balance_slot(Machine& machine, const eth::Address& token,
                                             const eth::Address& holder);

// Sets the holder's token balance, journaled like any change. Returns false when the balance slot
// cannot be found.
bool give_token(Machine& machine, const eth::Address& token, const eth::Address& holder,
                const U256& amount);

} // namespace viz::evm
