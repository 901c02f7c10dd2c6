#include "components/features/actions.hpp"

#include "components/features/swap_decoders.hpp"

namespace viz::features {
namespace {

bool decode_token_call(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context) {
    const Call& call = context.call;
    switch (selector) {
    case 0xa9059cbb: { // transfer(address,uint256)
        const auto to = args.address(0);
        const auto amount = args.word(1);
        if (!to || !amount) return false;
        context.out.emplace_back(
            Transfer{.token = call.to, .from = call.from, .to = *to, .amount = *amount});
        return true;
    }
    case 0x23b872dd:   // transferFrom(address,address,uint256)
    case 0x42842e0e:   // safeTransferFrom(address,address,uint256)
    case 0xb88d4fde: { // safeTransferFrom(address,address,uint256,bytes)
        const auto from = args.address(0);
        const auto to = args.address(1);
        const auto amount = args.word(2);
        if (!from || !to || !amount) return false;
        context.out.emplace_back(
            Transfer{.token = call.to, .from = *from, .to = *to, .amount = *amount});
        return true;
    }
    case 0x095ea7b3: { // approve(address,uint256)
        const auto spender = args.address(0);
        const auto amount = args.word(1);
        if (!spender || !amount) return false;
        context.out.emplace_back(
            Approval{.token = *call.to, .spender = *spender, .amount = *amount});
        return true;
    }
    case 0xa22cb465: { // setApprovalForAll(address,bool) of ERC-721 and ERC-1155
        const auto spender = args.address(0);
        const auto granted = args.boolean(1);
        if (!spender || !granted) return false;
        const eth::U256 all = eth::U256{} - eth::U256{1};
        context.out.emplace_back(Approval{.token = *context.call.to,
                                          .spender = *spender,
                                          .amount = *granted ? all : eth::U256{}});
        return true;
    }
    case 0xd505accf: { // EIP-2612 permit(owner,spender,value,deadline,v,r,s)
        const auto spender = args.address(1);
        const auto amount = args.word(2);
        const auto deadline = args.word(3);
        if (!spender || !amount || !deadline) return false;
        context.out.emplace_back(Permit{
            .token = *call.to, .spender = *spender, .amount = *amount, .deadline = *deadline});
        return true;
    }
    default:
        return false;
    }
}

// deposit() and withdraw(uint256) have this meaning only for the wrapped token.
bool decode_wrap(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context) {
    if (!context.wrapped_native || context.call.to != context.wrapped_native) return false;
    const bool unwraps = selector == 0x2e1a7d4d;
    if (!unwraps && selector != 0xd0e30db0) return false;
    const auto amount = unwraps ? args.word(0) : context.call.value;
    if (!amount) return false;
    context.out.emplace_back(
        Wrap{.token = *context.call.to, .amount = *amount, .unwraps = unwraps});
    return true;
}

// Uniswap's three variants: multicall(bytes[]), (uint256 deadline, bytes[]), (bytes32, bytes[]).
bool decode_multicall(std::uint32_t selector, const eth::AbiReader& args, DecodeContext& context) {
    const bool plain = selector == 0xac9650d8;
    const bool with_deadline = selector == 0x5ae401dc;
    if (!plain && !with_deadline && selector != 0x1f0464d1) return false;
    if (context.depth >= kMaxUnfolding) {
        context.cut = true;
        return false;
    }
    if (with_deadline) context.deadline = args.u64(0);
    const auto calls = args.array(plain ? 0 : 1, 1, kMaxInnerCalls);
    if (!calls) return false;
    ++context.depth;
    for (std::size_t i = 0; i < calls->length; ++i) {
        if (context.full() || context.calls_left == 0) {
            context.cut = true;
            break;
        }
        --context.calls_left;
        if (const auto inner = calls->elements.bytes(i)) decode_call(*inner, context);
    }
    --context.depth;
    return true;
}

// A call without data. An empty transfer to the sender itself is a cancellation; the wrapped token
// wraps the value.
void decode_payment(const Call& call, const ProtocolRegistry& registry, std::vector<Action>& out) {
    if (call.value == eth::U256{} && call.from == *call.to)
        out.emplace_back(Cancel{});
    else if (registry.wrapped_native(call.chain_id) == call.to)
        out.emplace_back(Wrap{.token = *call.to, .amount = call.value});
    else
        out.emplace_back(Transfer{
            .token = std::nullopt, .from = call.from, .to = *call.to, .amount = call.value});
}

DecodeContext context_of(const Call& call, const ProtocolRegistry& registry,
                         std::vector<Action>& out, RouterLedger& ledger) {
    const Contract* contract = registry.contract(call.chain_id, *call.to);
    return {.registry = registry,
            .call = call,
            .protocol =
                contract != nullptr ? std::string_view(contract->protocol) : std::string_view(),
            .wrapped_native = registry.wrapped_native(call.chain_id),
            .out = out,
            .ledger = ledger,
            .deadline = std::nullopt};
}

} // namespace

bool decode_call(eth::BytesView data, DecodeContext& context) {
    if (data.size() < 4) return false;
    const std::uint32_t selector = selector_number(data);
    const eth::AbiReader args(data.subspan(4));
    return decode_token_call(selector, args, context) || decode_wrap(selector, args, context) ||
           decode_uniswap_v2(selector, args, context) ||
           decode_uniswap_v3(selector, args, context) ||
           decode_router_payment(selector, args, context) ||
           decode_universal_router(selector, args, context) ||
           decode_zero_ex(selector, args, context) || decode_aggregator(selector, args, context) ||
           decode_multicall(selector, args, context) || decode_curve(selector, args, context) ||
           decode_balancer(selector, args, context) ||
           decode_balancer_v3(selector, args, context) || decode_cow(selector, args, context) ||
           decode_permit2(selector, args, context) || decode_liquidity(selector, args, context) ||
           decode_lending(selector, args, context) || decode_nft_trade(selector, args, context) ||
           decode_blur(selector, args, context) || decode_name(selector, args, context) ||
           decode_bridge(selector, args, context) || decode_staking(selector, args, context) ||
           decode_unfolding(selector, args, context);
}

void unfold(const Call& inner, DecodeContext& context) {
    if (context.depth >= kMaxUnfolding || context.calls_left == 0 || context.full()) {
        context.cut = true;
        return;
    }
    --context.calls_left;
    if (!inner.to) return;
    if (inner.data.empty()) {
        if (inner.value != eth::U256{}) decode_payment(inner, context.registry, context.out);
        return;
    }
    RouterLedger ledger(context.out);
    DecodeContext own = context_of(inner, context.registry, context.out, ledger);
    own.calls_left = context.calls_left;
    own.depth = context.depth + 1;
    decode_call(inner.data, own);
    context.calls_left = own.calls_left;
    context.cut = context.cut || own.cut;
}

std::vector<Action> decode_actions(const Call& call, const ProtocolRegistry& registry) {
    std::vector<Action> actions;
    if (call.blob_count != 0) actions.emplace_back(Blob{.count = call.blob_count});
    for (const auto& authorization : call.authorizations) {
        if (actions.size() == kMaxActions) break;
        actions.emplace_back(Delegation{.code = authorization.address,
                                        .chain_id = authorization.chain_id,
                                        .nonce = authorization.nonce});
    }
    if (!call.to) {
        actions.emplace_back(Deploy{.init_code_size = call.data.size()});
        return actions;
    }
    if (call.data.empty()) {
        decode_payment(call, registry, actions);
        return actions;
    }
    RouterLedger ledger(actions);
    DecodeContext context = context_of(call, registry, actions, ledger);
    decode_call(call.data, context);
    if (context.cut || actions.size() > kMaxActions) {
        if (actions.size() >= kMaxActions) actions.resize(kMaxActions - 1);
        actions.emplace_back(Cut{});
    }
    return actions;
}

} // namespace viz::features
