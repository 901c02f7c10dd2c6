// What a transaction does, in typed fields, read from its calldata alone: no state is consulted,
// so an action is what the sender asks for, not what will come of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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
    eth::U256 amount;
};

// A signed approval: EIP-2612 or Permit2.
struct Permit {
    eth::Address token;
    eth::Address spender;
    eth::U256 amount;
    eth::U256 deadline; // Unix seconds, after which the signature is worthless
};

struct Deploy {
    std::size_t init_code_size{};
};

// EIP-4844.
struct Blob {
    std::uint32_t count{};
};

// Nothing to oneself: sent to take the place of another transaction with its nonce.
struct Cancel {};

using Action = std::variant<Swap, Transfer, Approval, Permit, Deploy, Blob, Cancel>;

// A message call as the decoders see it; `data` must outlive the call of decode_actions.
struct Call {
    eth::ChainId chain_id;
    eth::Address from;
    std::optional<eth::Address> to; // absent: deployment
    eth::U256 value;
    eth::BytesView data;
    std::uint32_t blob_count{};
};

// Bounds on what hostile calldata can make us do.
inline constexpr std::size_t kMaxActions = 64;
inline constexpr std::size_t kMaxInnerCalls = 128;
inline constexpr std::size_t kMaxUnfolding = 4; // multicall in multicall, plan in plan
inline constexpr std::size_t kMaxPath = 16;     // tokens

// In the order the calldata has them; empty when nothing is understood.
std::vector<Action> decode_actions(const Call& call, const ProtocolRegistry& registry);

} // namespace viz::features
