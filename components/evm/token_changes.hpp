// Changes of token balances according to a transaction's logs: ERC-20, ERC-721 and ERC-1155
// transfers, and deposits and withdrawals of the chain's wrapped native token, which emit no
// Transfer event. Logs are only the contract's claims: a false log, or an unlogged transfer fee,
// shows only in the balances.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "components/evm/overlay.hpp"

namespace viz::evm {

struct TokenChange {
    eth::Address token;
    eth::Address holder;
    std::optional<eth::U256> id; // ERC-721 and ERC-1155
    // In the token's smallest unit, each saturating at 2^256-1; the change is their difference.
    eth::U256 received;
    eth::U256 sent;

    friend bool operator==(const TokenChange&, const TokenChange&) = default;
};

// One entry per token, holder and id, in order of first appearance. The zero address stands for
// minted and burned tokens and has no entry. Counts at most `limit` transfers.
std::vector<TokenChange> token_changes(std::span<const Log> logs,
                                       const std::optional<eth::Address>& wrapped_native,
                                       std::size_t limit = 10'000);

} // namespace viz::evm
