// The typed actions of a transaction, decoded from its calldata alone. No state is read, so an
// action is the sender's request, not its outcome.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "components/eth/transaction.hpp"
#include "components/eth/types.hpp"
#include "components/features/protocol_registry.hpp"

namespace viz::features {

enum class SwapKind : std::uint8_t { exact_in, exact_out };

struct Swap {
    std::string protocol;
    SwapKind kind{SwapKind::exact_in};
    // Tokens from the one sold to the one bought, as the calldata lists them (a router's native
    // coin appears as the wrapped token). Only the first token where the calldata lists pools
    // instead.
    std::vector<eth::Address> path;
    std::vector<eth::Address> pools; // if the calldata lists them
    std::vector<std::uint32_t> fees; // per hop, in millionths; empty if not given
    eth::U256 amount;                // sold if exact_in, bought if exact_out
    eth::U256 limit;                 // exact_in: minimum bought; exact_out: maximum sold
    // `amount` is the router's balance at that point (0 above): the output of an earlier swap.
    bool amount_is_balance{};
    bool native_in{};
    std::optional<eth::Address> recipient;
    std::optional<std::uint64_t> deadline; // Unix seconds
};

// A transfer of tokens, or of the native coin (no token).
struct Transfer {
    std::optional<eth::Address> token;
    eth::Address from;
    eth::Address to;
    eth::U256 amount; // ERC-721: the token id
};

struct Approval {
    eth::Address token;
    eth::Address spender;
    eth::U256 amount; // 2^256 - 1: unlimited; for collections, every token
};

// A signed approval: EIP-2612 or Permit2.
struct Permit {
    eth::Address token;
    eth::Address spender;
    eth::U256 amount;
    eth::U256 deadline; // Unix seconds, when the signature expires
};

struct Deploy {
    std::size_t init_code_size{};          // for a proxy, the size of its initialisation data
    std::optional<eth::Address> factory{}; // absent: the transaction itself deploys
    std::optional<eth::Address> implementation{}; // for a proxy
};

// Wraps the native coin into the chain's wrapped token, or unwraps it.
struct Wrap {
    eth::Address token;
    eth::U256 amount;
    bool unwraps{};
};

enum class NameKind : std::uint8_t { commit, register_, renew };

// An ENS registration or renewal.
struct Name {
    std::string protocol;
    NameKind kind{};
    std::string name; // the label without ".eth"; as 0x hex if not plain ASCII
    std::optional<eth::Address> owner;
    std::optional<std::uint64_t> duration_s;
    eth::U256 paid; // maximum paid
};

// Cancels signed orders.
struct OrderCancel {
    std::string protocol;
    std::uint64_t count{}; // 0: all orders of the sender
};

// EIP-4844.
struct Blob {
    std::uint32_t count{};
};

enum class LiquidityKind : std::uint8_t { add, remove, collect };

// Adds liquidity to a pool or removes it. Fields that the calldata does not contain are empty.
struct Liquidity {
    std::string protocol;
    LiquidityKind kind{};
    std::vector<eth::Address> tokens;
    std::vector<eth::Address> pools;
    std::vector<eth::U256> amounts;     // per token: add: maximum given; remove: minimum received
    std::optional<eth::U256> liquidity; // pool tokens (V3: units) removed, or minimum minted
    std::optional<eth::U256> position;  // V3: the id of the position's token
    std::optional<eth::Address> recipient;
    std::optional<std::uint64_t> deadline;
};

enum class LendKind : std::uint8_t { supply, withdraw, borrow, repay };

struct Lend {
    std::string protocol;
    LendKind kind{};
    std::optional<eth::Address> asset;  // absent: the market's asset, not in the calldata
    std::optional<eth::Address> market; // if each asset has its own contract or parameters
    eth::U256 amount;                   // 2^256 - 1: the whole balance
    bool in_shares{};                   // `amount` is in shares of the market, not in the asset
    std::optional<eth::Address> account;
};

// Liquidates another account's debt.
struct Liquidation {
    std::string protocol;
    std::vector<eth::Address> borrowers;
    std::optional<eth::Address> collateral;
    std::optional<eth::Address> debt;
    eth::U256 amount; // debt repaid (or collateral bought); 0: not given
};

// A trade of one token of a collection, or of several equal ones.
struct NftTrade {
    std::string protocol;
    eth::Address collection;
    eth::U256 token_id;
    eth::U256 count;
    eth::Address maker; // the order's signer
    bool maker_sells{};
    std::optional<eth::Address> currency; // absent: the native coin
    eth::U256 price;                      // total, including fees
};

struct Bridge {
    std::string protocol;
    std::optional<eth::Address> token; // absent: the native coin
    eth::U256 amount;
    std::optional<std::uint64_t> destination; // in the protocol's chain numbering
    std::optional<eth::Address> recipient;
};

enum class StakeKind : std::uint8_t { stake, unstake, claim, delegate, undelegate };

struct Stake {
    std::string protocol;
    StakeKind kind{};
    std::optional<eth::Address> token;
    eth::U256 amount;                      // 0: not given
    std::optional<eth::Address> operator_; // the operator that receives the delegation
};

// EIP-4337. Its calls follow as separate actions.
struct UserOp {
    eth::Address account;
    eth::U256 nonce;
    bool deploys{}; // the operation first deploys the account
};

// EIP-7702: an account delegates its code to another account.
struct Delegation {
    eth::Address code; // zero: the delegation is removed
    eth::U256 chain_id;
    std::uint64_t nonce{};
};

// Marks where decoding stopped because the limits on the number or depth of calls below were
// reached.
struct Cut {};

// An empty transfer to the sender itself, sent to replace another transaction with the same nonce.
struct Cancel {};

using Action = std::variant<Swap, Transfer, Approval, Permit, Deploy, Blob, Cancel, Liquidity, Lend,
                            Liquidation, NftTrade, Bridge, Stake, UserOp, Delegation, Cut, Wrap,
                            Name, OrderCancel>;

// A message call as seen by the decoders; `data` must outlive the call of decode_actions.
struct Call {
    eth::ChainId chain_id;
    eth::Address from;
    std::optional<eth::Address> to; // absent: deployment
    eth::U256 value;
    eth::BytesView data;
    std::uint32_t blob_count{};
    std::span<const eth::Authorization> authorizations{}; // EIP-7702
};

// Limits against hostile calldata.
inline constexpr std::size_t kMaxActions = 64;
inline constexpr std::size_t kMaxInnerCalls = 128;
inline constexpr std::size_t kMaxUnfolding = 4; // nesting of calls and router programs
inline constexpr std::size_t kMaxPath = 16;     // tokens

// Actions in calldata order; empty when nothing was recognised.
std::vector<Action> decode_actions(const Call& call, const ProtocolRegistry& registry);

} // namespace viz::features
