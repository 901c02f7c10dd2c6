// What a transaction did to holders of tokens, as its logs tell: ERC-20, ERC-721 and ERC-1155
// transfers, and deposits and withdrawals of the chain's wrapped native token, which logs no
// transfer for them. A log is what a contract says: one that lies, or that takes a fee it does not
// log, is found out only by its balances.
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
    // In the token's smallest unit, both at most 2^256-1; the change is their difference.
    eth::U256 received;
    eth::U256 sent;

    friend bool operator==(const TokenChange&, const TokenChange&) = default;
};

// One entry for each token, holder and id, in order of first appearance; the zero address stands
// for tokens made and destroyed and has none. At most `limit` transfers are counted.
std::vector<TokenChange> token_changes(std::span<const Log> logs,
                                       const std::optional<eth::Address>& wrapped_native,
                                       std::size_t limit = 10'000);

} // namespace viz::evm
