// What a transaction does, in typed fields, read from its calldata alone: no state is consulted,
// so an action is what the sender asks for, not what will come of it.
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
    // Tokens from the one sold to the one bought, as the calldata names them (a router's native
    // coin is its wrapped token here). Only the first where the calldata names pools instead.
    std::vector<eth::Address> path;
    std::vector<eth::Address> pools; // where the calldata names them
    std::vector<std::uint32_t> fees; // of each hop, in millionths; empty where not named
    eth::U256 amount;                // sold if exact_in, bought if exact_out
    eth::U256 limit;                 // exact_in: least bought; exact_out: most sold
    // `amount` is whatever the router holds by then (0 above): an earlier swap's output.
    bool amount_is_balance{};
    bool native_in{};
    std::optional<eth::Address> recipient;
    std::optional<std::uint64_t> deadline; // Unix seconds
};

// Of tokens, or of the native coin (no token).
struct Transfer {
    std::optional<eth::Address> token;
    eth::Address from;
    eth::Address to;
    eth::U256 amount; // ERC-721: the token's id
};

struct Approval {
    eth::Address token;
    eth::Address spender;
    eth::U256 amount; // 2^256 - 1: all there is, of collections every token
};

// A signed approval: EIP-2612 or Permit2.
struct Permit {
    eth::Address token;
    eth::Address spender;
    eth::U256 amount;
    eth::U256 deadline; // Unix seconds, after which the signature is worthless
};

struct Deploy {
    std::size_t init_code_size{};                 // of a proxy: of what it is initialised with
    std::optional<eth::Address> factory{};        // absent: the transaction itself deploys
    std::optional<eth::Address> implementation{}; // of a proxy
};

// The native coin to the chain's wrapped token, or back.
struct Wrap {
    eth::Address token;
    eth::U256 amount;
    bool unwraps{};
};

enum class NameKind : std::uint8_t { commit, register_, renew };

// Of ENS.
struct Name {
    std::string protocol;
    NameKind kind{};
    std::string name; // its label, without ".eth"; as 0x hex where it is not plain ASCII
    std::optional<eth::Address> owner;
    std::optional<std::uint64_t> duration_s;
    eth::U256 paid; // at most
};

// Signed orders that shall be worth nothing.
struct OrderCancel {
    std::string protocol;
    std::uint64_t count{}; // 0: all of the sender's
};

// EIP-4844.
struct Blob {
    std::uint32_t count{};
};

enum class LiquidityKind : std::uint8_t { add, remove, collect };

// To or from a pool. What the calldata does not name is left out.
struct Liquidity {
    std::string protocol;
    LiquidityKind kind{};
    std::vector<eth::Address> tokens;
    std::vector<eth::Address> pools;
    std::vector<eth::U256> amounts;     // add: most given, remove: least taken; of each token
    std::optional<eth::U256> liquidity; // pool tokens (V3: units) taken back, or least minted
    std::optional<eth::U256> position;  // V3: the token that stands for it
    std::optional<eth::Address> recipient;
    std::optional<std::uint64_t> deadline;
};

enum class LendKind : std::uint8_t { supply, withdraw, borrow, repay };

struct Lend {
    std::string protocol;
    LendKind kind{};
    std::optional<eth::Address> asset;  // absent: the market's own, which the calldata leaves out
    std::optional<eth::Address> market; // where each asset has a contract or parameters of its own
    eth::U256 amount;                   // 2^256 - 1: all there is
    bool in_shares{};                   // `amount` counts shares of the market, not the asset
    std::optional<eth::Address> account;
};

// Of another's debt.
struct Liquidation {
    std::string protocol;
    std::vector<eth::Address> borrowers;
    std::optional<eth::Address> collateral;
    std::optional<eth::Address> debt;
    eth::U256 amount; // of debt repaid (or collateral bought); 0: not named
};

// One token of a collection, or several equal ones, for a price.
struct NftTrade {
    std::string protocol;
    eth::Address collection;
    eth::U256 token_id;
    eth::U256 count;
    eth::Address maker; // who signed the order
    bool maker_sells{};
    std::optional<eth::Address> currency; // absent: the native coin
    eth::U256 price;                      // in all, fees included
};

struct Bridge {
    std::string protocol;
    std::optional<eth::Address> token; // absent: the native coin
    eth::U256 amount;
    std::optional<std::uint64_t> destination; // as the protocol numbers chains
    std::optional<eth::Address> recipient;
};

enum class StakeKind : std::uint8_t { stake, unstake, claim, delegate, undelegate };

struct Stake {
    std::string protocol;
    StakeKind kind{};
    std::optional<eth::Address> token;
    eth::U256 amount;                      // 0: not named
    std::optional<eth::Address> operator_; // whom it is entrusted to
};

// EIP-4337. What it does follows as actions of its own.
struct UserOp {
    eth::Address account;
    eth::U256 nonce;
    bool deploys{}; // the account, first
};

// EIP-7702: an account lets its code be another's.
struct Delegation {
    eth::Address code; // zero: no longer
    eth::U256 chain_id;
    std::uint64_t nonce{};
};

// What follows was not looked at: more calls, or deeper ones, than the bounds below.
struct Cut {};

// Nothing to oneself: sent to take the place of another transaction with its nonce.
struct Cancel {};

using Action = std::variant<Swap, Transfer, Approval, Permit, Deploy, Blob, Cancel, Liquidity, Lend,
                            Liquidation, NftTrade, Bridge, Stake, UserOp, Delegation, Cut, Wrap,
                            Name, OrderCancel>;

// A message call as the decoders see it; `data` must outlive the call of decode_actions.
struct Call {
    eth::ChainId chain_id;
    eth::Address from;
    std::optional<eth::Address> to; // absent: deployment
    eth::U256 value;
    eth::BytesView data;
    std::uint32_t blob_count{};
    std::span<const eth::Authorization> authorizations{}; // EIP-7702
};

// Bounds on what hostile calldata can make us do.
inline constexpr std::size_t kMaxActions = 64;
inline constexpr std::size_t kMaxInnerCalls = 128;
inline constexpr std::size_t kMaxUnfolding = 4; // calls in calls, plans in plans
inline constexpr std::size_t kMaxPath = 16;     // tokens

// In the order the calldata has them; empty when nothing is understood.
std::vector<Action> decode_actions(const Call& call, const ProtocolRegistry& registry);

} // namespace viz::features
