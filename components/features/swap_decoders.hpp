// Decoders, one per protocol family, and their shared helpers. Each appends the recognised actions
// of one call to `out` and returns whether it recognised the call.
#pragma once

#include "components/eth/abi.hpp"
#include "components/features/actions.hpp"
#include "components/features/router_ledger.hpp"

namespace viz::features {

struct DecodeContext {
    const ProtocolRegistry& registry;
    const Call& call;
    std::string_view protocol;                  // of the called contract; empty: unknown
    std::optional<eth::Address> wrapped_native; // the chain's wrapped native token
    std::vector<Action>& out;
    RouterLedger& ledger;
    std::size_t calls_left{kMaxInnerCalls};
    std::size_t depth{};                   // nesting of calls
    bool cut{};                            // a limit was reached
    std::optional<std::uint64_t> deadline; // of the enclosing multicall or program

    std::string protocol_or(std::string_view otherwise) const {
        return std::string(protocol.empty() ? otherwise : protocol);
    }
    // The protocol of the pools: Uniswap's routers swap in Uniswap's pools, the routers of a fork
    // in the fork's pools.
    std::string pools_of(std::string_view uniswap) const {
        return std::string(protocol.starts_with("uniswap-") || protocol.empty() ? uniswap
                                                                                : protocol);
    }
    bool full() const { return out.size() >= kMaxActions; }
};

// The first four bytes as a number, for switch.
std::uint32_t selector_number(eth::BytesView data);
// The address in the low 160 bits; the higher bits are ignored.
eth::Address low_address(const eth::U256& word);
// Whether the amount means "the router's whole balance" in Uniswap's routers.
bool is_whole_balance(const eth::U256& amount);
// 20 + (3 + 20) k bytes; false on any other length. `reversed`: exact-output paths.
bool read_v3_path(eth::BytesView bytes, bool reversed, Swap& swap);
// Tokens of an address[] at that slot.
bool read_token_path(const eth::AbiReader& args, std::size_t slot, Swap& swap);
// Sets the fee of each hop to the V2 pair fee that the registry has for the swap's protocol.
void set_pair_fees(const DecodeContext& context, Swap& swap);
// Resolves 1 to the sender and 2 to the router itself, as in SwapRouter02 and the Universal Router.
std::optional<eth::Address> router_recipient(const DecodeContext& context,
                                             const eth::Address& written);
// Adds the swap; takes its input from the router's balance if the router pays, and adds its output
// to the balance if the router is the recipient.
void add_router_swap(DecodeContext& context, Swap swap, bool router_pays = false);
// Maps the native coin (zero, or twenty bytes 0xee) to the chain's wrapped token.
bool is_native_coin(const eth::Address& token);
eth::Address token_of(const eth::Address& written, const DecodeContext& context);

bool decode_uniswap_v2(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_uniswap_v3(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context);
bool decode_router_payment(std::uint32_t selector, const eth::AbiReader& args,
                           DecodeContext& context);
bool decode_universal_router(std::uint32_t selector, const eth::AbiReader& args,
                             DecodeContext& context);
// Decodes one call, which `context.call` describes.
bool decode_call(eth::BytesView data, DecodeContext& context);
// Decodes an inner call of the current one like a separate call, within the limits.
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
