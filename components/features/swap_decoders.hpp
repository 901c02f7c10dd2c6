// Decoders of one protocol family each, and what they share. Each adds to `out` what it understands
// of one call and says whether it did.
#pragma once

#include "components/eth/abi.hpp"
#include "components/features/actions.hpp"
#include "components/features/router_ledger.hpp"

namespace viz::features {

struct DecodeContext {
    const ProtocolRegistry& registry;
    const Call& call;
    std::string_view protocol;                  // of the called contract; empty: not known
    std::optional<eth::Address> wrapped_native; // of the chain
    std::vector<Action>& out;
    RouterLedger& ledger;
    std::size_t calls_left{kMaxInnerCalls};
    std::size_t depth{};                   // of calls in calls
    bool cut{};                            // a bound was met
    std::optional<std::uint64_t> deadline; // of the enclosing multicall or program

    std::string protocol_or(std::string_view otherwise) const {
        return std::string(protocol.empty() ? otherwise : protocol);
    }
    // Uniswap's own routers swap in its pools; a fork's copies of them in the fork's.
    std::string pools_of(std::string_view uniswap) const {
        return std::string(protocol.starts_with("uniswap-") || protocol.empty() ? uniswap
                                                                                : protocol);
    }
    bool full() const { return out.size() >= kMaxActions; }
};

// First four bytes as a number, for switch.
std::uint32_t selector_number(eth::BytesView data);
// An address written in the low 160 bits, whatever stands above them.
eth::Address low_address(const eth::U256& word);
// "All the router holds" as an amount, in Uniswap's routers.
bool is_whole_balance(const eth::U256& amount);
// 20 + (3 + 20) k bytes; false on any other length. `reversed`: exact-output paths.
bool read_v3_path(eth::BytesView bytes, bool reversed, Swap& swap);
// Tokens of an address[] at that slot.
bool read_token_path(const eth::AbiReader& args, std::size_t slot, Swap& swap);
// The fee that the registry knows of every V2 pair of the swap's protocol, for each hop.
void set_pair_fees(const DecodeContext& context, Swap& swap);
// 1: the sender, 2: the router itself, as SwapRouter02 and the Universal Router have it.
std::optional<eth::Address> router_recipient(const DecodeContext& context,
                                             const eth::Address& written);
// Adds the swap; takes its input from the router's holdings where the router pays, and adds its
// output to them where the router is its recipient.
void add_router_swap(DecodeContext& context, Swap swap, bool router_pays = false);
// The chain's wrapped token where the calldata writes the native coin: zero, or the marker of
// twenty bytes 0xee.
bool is_native_coin(const eth::Address& token);
eth::Address token_of(const eth::Address& written, const DecodeContext& context);

bool decode_uniswap_v2(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_uniswap_v3(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_router_payment(std::uint32_t selector, const eth::AbiReader& args,
                           DecodeContext& context);
bool decode_universal_router(std::uint32_t selector, const eth::AbiReader& args,
                             DecodeContext& context);
// One call's meaning, after `context.call`.
bool decode_call(eth::BytesView data, DecodeContext& context);
// A call that the current one makes: decoded as one of its own, within the bounds.
void unfold(const Call& inner, DecodeContext& context);
// Safe, Multicall3, EIP-4337 and its accounts.
bool decode_unfolding(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);

bool decode_uniswap_v4(eth::BytesView input, DecodeContext& context);
bool decode_curve(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_balancer(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_balancer_v3(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_cow(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_permit2(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
// PermitBatch: ((token, amount, expiration, nonce)[], spender, sigDeadline)
bool decode_permit_batch(const eth::AbiReader& batch, DecodeContext& context);
// (from, to, amount, token)[]
bool decode_permit2_transfers(const eth::AbiReader& args, DecodeContext& context);
bool decode_liquidity(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_lending(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_nft_trade(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_blur(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_name(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_bridge(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_staking(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_zero_ex(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_aggregator(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);

} // namespace viz::features
